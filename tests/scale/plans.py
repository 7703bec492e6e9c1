"""What PostgreSQL did for a statement: how it went through a table, and how much it looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

SORTED_ROWS = 1000
"""Rows that may be sorted: what a rare filter finds."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that was run: the nodes of it, as PostgreSQL tells them."""

    nodes: tuple[dict[str, Any], ...]

    @property
    def scans_of_whole_tables(self) -> list[str]:
        """Tables of more than a page that were read whole, not by an index."""
        return [node["Relation Name"] for node in self.nodes if node["Node Type"] == "Seq Scan"]

    @property
    def large_sorts(self) -> list[int]:
        """Numbers of rows that were sorted, where there were many."""
        sorts = [node for node in self.nodes if "Sort" in node["Node Type"]]
        rows = [child["Actual Rows"] for node in sorts for child in node.get("Plans", [])]
        return [int(count) for count in rows if count > SORTED_ROWS]

    @property
    def rows_passed_over(self) -> int:
        """Rows that were looked at and left out."""
        return sum(int(node.get("Rows Removed by Filter", 0)) for node in self.nodes)

    @property
    def pages(self) -> int:
        """Pages of tables and indexes that were looked at, from memory or disk."""
        top = self.nodes[0]
        return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def run(sql: str) -> Plan:
    """Run a statement and return how it was done."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}")
        found = cursor.fetchone()[0]
    top = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return Plan(tuple(_nodes(top)))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)
