"""Where the log stood at a moment, without an index on times: positions ascend nearly as times do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Backend

# A binary search along the primary key for each moment, all in one statement: some 20 look-ups for a million events.
# Everything below ``low`` was stored before the moment, everything from ``high`` on was not.
_POSITIONS = """
WITH RECURSIVE moments (number, moment) AS (
    VALUES {moments}
),
search (number, moment, low, high) AS (
    SELECT number, moment,
        (SELECT min(position) FROM eventstore_events), (SELECT max(position) + 1 FROM eventstore_events)
    FROM moments
    UNION ALL
    SELECT number, moment,
        CASE WHEN {is_earlier} THEN (low + high) / 2 + 1 ELSE low END,
        CASE WHEN {is_earlier} THEN high ELSE (low + high) / 2 END
    FROM search WHERE low < high
)
SELECT low - 1 FROM search WHERE low >= high ORDER BY number
"""
_IS_EARLIER = """
(SELECT created_at FROM eventstore_events WHERE position >= (low + high) / 2 ORDER BY position LIMIT 1) < moment
"""


def positions_at(backend: Backend, moments: Sequence[datetime]) -> list[int]:
    """Return for each moment the last position up to which everything was stored before it.

    Exact where times ascend with positions, which they do but for transactions that overlap and for
    clocks that were set. In an empty log it is 0.
    """
    values = ", ".join(f"({number}, %s)" for number in range(len(moments)))
    statement = _POSITIONS.format(moments=values, is_earlier=_IS_EARLIER)
    adapted = [backend.connection.ops.adapt_datetimefield_value(moment) for moment in moments]
    with backend.connection.cursor() as cursor:
        cursor.execute(statement, adapted)
        found = [position for (position,) in cursor.fetchall()]
    return found or [0] * len(moments)
