"""Queries that are turned into SQL once, and then run with other values: for what is asked all the time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import QuerySet

QueryTemplate = Callable[..., "QuerySet[Any, tuple[Any, ...]]"]
"""Makes a query of rows from values, which it passes on as parameters without looking at them."""

_NUMBER = -(2**62)
_TEXT = "eventstore parameter "


@cache
def compiled(alias: str, template: QueryTemplate, kinds: tuple[type, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL of a template and its parameters; a ``Place`` is where a value of the call belongs."""
    markers = [_NUMBER - place if kind is int else f"{_TEXT}{place}" for place, kind in enumerate(kinds)]
    query = template(alias, *markers).query
    statement, parameters = query.get_compiler(alias).as_sql()
    places = {marker: Place(place) for place, marker in enumerate(markers)}
    return statement, tuple(places.get(parameter, parameter) for parameter in parameters)


class Place(int):
    """The index of a value."""


def filled(parameters: tuple[Any, ...], values: tuple[Any, ...]) -> list[Any]:
    """Return the parameters with the values of a call in their places."""
    return [values[parameter] if isinstance(parameter, Place) else parameter for parameter in parameters]
