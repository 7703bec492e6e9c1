"""Which values a column of the events holds, without reading the events."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Backend

# From each value to the next one by the index on (column, position): no other event is looked at.
_VALUES = """
WITH RECURSIVE found (value) AS (
    SELECT min({column}) FROM eventstore_events WHERE {column} IS NOT NULL
    UNION ALL
    SELECT (SELECT min({column}) FROM eventstore_events WHERE {column} > found.value)
    FROM found WHERE found.value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL LIMIT %s
"""

COLUMNS = frozenset({"category", "event_type", "partition"})
"""The columns that have such an index."""


def distinct_values(backend: Backend, column: str, most: int) -> list[str]:
    """Return the values of an indexed column, in one query, in the order of their code points; ``most`` at most."""
    if column not in COLUMNS:
        raise ValueError(f"{column!r} has no index to skip along.")
    with backend.connection.cursor() as cursor:
        cursor.execute(_VALUES.format(column=backend.connection.ops.quote_name(column)), [most])
        return [value for (value,) in cursor.fetchall()]
