"""What PostgreSQL did for a statement: how it went through a table, and how much it looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
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
    def indexes(self) -> list[str]:
        """The indexes that were read."""
        return [node["Index Name"] for node in self.nodes if "Index Name" in node]

    @property
    def sorts(self) -> int:
        """How often rows were sorted."""
        return sum("Sort" in node["Node Type"] for node in self.nodes)

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


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it was sent, before its values were put in."""

    sql: str
    values: tuple[Any, ...]


@contextmanager
def sent() -> Iterator[list[Statement]]:
    """Collect the statements that a block sends."""
    found: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(Statement(sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def run(sql: str) -> Plan:
    """Run a statement and return how it was done."""
    return _run(sql)


def run_planned_with_its_values(statement: Statement) -> Plan:
    """Run a statement as Django's defaults do: the values are a part of its text."""
    return _run(statement.sql, statement.values)


def run_planned_beforehand(statement: Statement) -> Plan:
    """Run a statement as one that was prepared is run from the sixth time on: planned without its values."""
    places = [f"${number}" for number in range(1, len(statement.values) + 1)]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE planned AS {statement.sql % tuple(places)}")
    try:
        marks = ", ".join("%s" for _ in places)
        return _run(f"EXECUTE planned({marks})" if places else "EXECUTE planned", statement.values)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE planned")
            cursor.execute("RESET plan_cache_mode")


Run = Callable[[Statement], Plan]

PLANNED = pytest.mark.parametrize(
    "planned",
    [
        pytest.param(run_planned_with_its_values, id="with values"),
        pytest.param(run_planned_beforehand, id="beforehand"),
    ],
)


def _run(sql: str, values: Sequence[Any] | None = None) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", values)
        found = cursor.fetchone()[0]
    top = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return Plan(tuple(_nodes(top)))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)
