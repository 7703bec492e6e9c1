"""What one client follows: events that match its filter and that its user may see."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet

from ...backends.bounds import AFTER, UNTIL
from ...events import RecordedEvent
from ...pages import read_settled
from ...querysets import EventQuerySet
from ..sources import Source


class Selection:
    """Events to be read between changing positions.

    ``key`` is equal for two selections only if they ask the database for the same: it is the SQL. None
    for those that can never match.
    """

    def __init__(self, source: Source) -> None:
        self._events = source.events.order_by("position")
        self._names = source.names
        self.key = _key(self._events)

    def between(self, after: int, until: int, limit: int) -> list[RecordedEvent]:
        """Return the first ``limit`` events above one position and up to another, which is settled."""
        if self._names is not None:
            return read_settled(self._events.db, self._names, after + 1, until, limit)
        return list(self._events.filter(position__gt=after, position__lte=until).recorded()[:limit])


def _key(events: EventQuerySet) -> tuple[str, str, str] | None:
    bounded: Any = events.filter(position__gt=AFTER, position__lte=UNTIL)
    try:
        sql, parameters = bounded.query.get_compiler(events.db).as_sql()
    except EmptyResultSet:
        return None
    return events.db, sql, repr(parameters)
