"""A query between two positions as SQL text, made once and run with changing bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .templates import ANY_LIMIT, with_limit

if TYPE_CHECKING:
    from ..events import RecordedEvent
    from ..querysets import EventQuerySet
    from .postgresql import PostgreSQLBackend

# Positions are never below 1: these two stand for the bounds among the parameters of the query.
AFTER = -(2**62)
UNTIL = -(2**62) - 1


def bounded_read(
    backend: PostgreSQLBackend, events: EventQuerySet, limit: int
) -> Callable[[int, int], Iterable[RecordedEvent]]:
    """Return a function that reads these events above one position and up to another."""
    between = events.filter(position__gt=AFTER, position__lte=UNTIL)[:ANY_LIMIT]
    query = between.values_list(*backend.recorded_columns).query
    statement, places = query.get_compiler(backend.alias).as_sql()
    statement, places = with_limit(statement, places, limit)

    def read(after: int, until: int) -> Iterable[RecordedEvent]:
        values = [{AFTER: after, UNTIL: until}.get(place, place) for place in places]
        return backend.recorded_events(backend.fetched(statement, values))

    return read
