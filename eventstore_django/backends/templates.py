"""Queries that are turned into SQL once, and then run with other values: for what is asked all the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.db.models.sql import Query

QueryTemplate = Callable[..., "QuerySet[Any, tuple[Any, ...]]"]
"""Makes a query of rows from values, which it passes on as parameters without looking at them."""

ANY_LIMIT = 2**62
"""Stands for the number of rows in the slice of a query, until the SQL is made."""

_NUMBER = -(2**62)
_TEXT = "eventstore parameter "


class Limit(int):
    """A value of a template by which it slices its query: how many rows it takes."""


class Place(int):
    """The index of a value."""


@cache
def compiled(alias: str, template: QueryTemplate, kinds: tuple[type, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL of a template and its parameters; a ``Place`` is where a value of the call belongs."""
    markers = [_marker(place, kind) for place, kind in enumerate(kinds)]
    query = template(alias, *markers).query
    statement, parameters = query.get_compiler(alias).as_sql()
    if Limit in kinds:
        statement, parameters = with_limit(statement, parameters, ANY_LIMIT)
    places = {marker: Place(place) for place, marker in enumerate(markers)}
    return statement, tuple(places.get(parameter, parameter) for parameter in parameters)


def limited(alias: str, query: Query) -> tuple[str, tuple[Any, ...]] | None:
    """Return the SQL of a query that ends with a limit, and its parameters, of which the limit is the last.

    None for a query of another form, and for one that is known to find nothing.
    """
    limit = query.high_mark
    if limit is None or query.low_mark or query.combinator or query.select_for_update:
        return None
    query = query.chain()
    query.high_mark = ANY_LIMIT
    try:
        statement, parameters = query.get_compiler(alias).as_sql()
    except EmptyResultSet:
        return None
    # With what is filtered by a window Django ends in another way.
    return with_limit(statement, parameters, limit) if statement.endswith(f" LIMIT {ANY_LIMIT}") else None


def with_limit(statement: str, parameters: Sequence[Any], limit: int) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL of a query that was sliced by ``ANY_LIMIT`` with the limit as its last parameter.

    Django writes the number into the text, and PostgreSQL plans a prepared statement without its other
    values: it then takes what lies between two positions for a two hundredth of the log, and if that is
    hardly more than the number it sees, it sorts all that is left of a category for each page. With a
    limit that it does not see it expects a tenth of the rows, and reads in the order of the index.
    """
    return f"{statement.removesuffix(str(ANY_LIMIT))}%s", (*parameters, limit)


def filled(parameters: tuple[Any, ...], values: tuple[Any, ...]) -> list[Any]:
    """Return the parameters with the values of a call in their places."""
    return [values[parameter] if isinstance(parameter, Place) else parameter for parameter in parameters]


def _marker(place: int, kind: type) -> int | str:
    if kind is Limit:
        return ANY_LIMIT
    return _NUMBER - place if kind is int else f"{_TEXT}{place}"
