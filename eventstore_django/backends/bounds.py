"""A query between two positions as SQL text, made once and run with changing bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .templates import ANY_LIMIT, with_limit

if TYPE_CHECKING:
    from ..querysets import EventQuerySet
    from .base import Backend

# Positions are never below 1: these two stand for the bounds among the parameters of the query.
AFTER = -(2**62)
UNTIL = -(2**62) - 1


def bounded_read(backend: Backend, events: EventQuerySet, limit: int) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL of the events' recorded columns and its parameters, AFTER and UNTIL among them."""
    between = events.filter(position__gt=AFTER, position__lte=UNTIL)[:ANY_LIMIT]
    query = between.values_list(*backend.recorded_columns).query
    statement, parameters = query.get_compiler(backend.alias).as_sql()
    return with_limit(statement, parameters, limit)
