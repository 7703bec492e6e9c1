"""Which types of events a log holds, without reading the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Backend

MOST = 1000
"""Types that are returned: a log with more of them names its types after data."""

# From each type to the next one by the index on (event_type, position): no other event is looked at.
_TYPES = """
WITH RECURSIVE types (event_type) AS (
    SELECT min(event_type) FROM eventstore_events
    UNION ALL
    SELECT (SELECT min(event_type) FROM eventstore_events WHERE event_type > types.event_type)
    FROM types WHERE types.event_type IS NOT NULL
)
SELECT event_type FROM types WHERE event_type IS NOT NULL LIMIT %s
"""


def stored_event_types(backend: Backend) -> list[str]:
    """Return the types of the stored events, in one query, in the order of their code points."""
    with backend.connection.cursor() as cursor:
        cursor.execute(_TYPES, [MOST])
        return [name for (name,) in cursor.fetchall()]
