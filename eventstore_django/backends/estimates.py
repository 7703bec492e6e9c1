"""What PostgreSQL's planner knows of the tables: no row is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .tallies import MOST_KINDS, Kind, Kinds, Precision

if TYPE_CHECKING:
    from .base import Backend

# As the planner does it: rows of a page, as the last ANALYZE or VACUUM found them, times the pages that there are now.
_ROWS = """
SELECT CASE WHEN c.reltuples < 0 OR c.relpages = 0 THEN -1
    ELSE round(c.reltuples::double precision / c.relpages
        * (pg_relation_size(c.oid) / current_setting('block_size')::integer)) END::bigint
FROM pg_class c WHERE c.oid = %s::regclass
"""
# Seen by whoever may read the column.
_KINDS = """
SELECT s.most_common_vals::text::text[], s.most_common_freqs
FROM pg_stats s JOIN pg_class c ON c.relname = s.tablename JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = 'eventstore_events'::regclass AND n.nspname = s.schemaname AND s.attname = %s AND NOT s.inherited
"""


def estimated_rows(backend: Backend, table: str) -> int:
    """Return how many rows a table should have; -1 if it was never analysed."""
    with backend.connection.cursor() as cursor:
        cursor.execute(_ROWS, [table])
        rows: int = cursor.fetchone()[0]
    return rows


def estimated_kinds(backend: Backend, column: str, rows: int) -> Kinds | None:
    """Return the most frequent values of a column of the events; None if they were never analysed."""
    with backend.connection.cursor() as cursor:
        cursor.execute(_KINDS, [column])
        found = cursor.fetchone()
    if found is None or found[0] is None:
        return None
    pairs = list(zip(*found, strict=True))[:MOST_KINDS]
    return Kinds(tuple(Kind(name, round(part * rows)) for name, part in pairs), Precision.ESTIMATED)
