"""Query parameters: each is known, read strictly, and refused by name."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict

from .problems import InvalidParameter

_LARGEST = 2**63 - 1


def known_only(query: QueryDict, known: Collection[str]) -> None:
    """Refuse parameters that mean nothing here: a misspelt filter must not return everything."""
    for name in query:
        if name not in known:
            raise InvalidParameter(name, f"unknown parameter; known are {', '.join(sorted(known))}")
        if len(query.getlist(name)) > 1:
            raise InvalidParameter(name, "given more than once")


def text(query: QueryDict, name: str) -> str | None:
    """Return a text that the database can compare with, or None if it is not given."""
    value = query.get(name)
    if value is not None and "\0" in value:
        raise InvalidParameter(name, "holds the character U+0000")
    return value


def whole_number(query: QueryDict, name: str, default: int | None, low: int, high: int = _LARGEST) -> int | None:
    """Return a number within bounds, or the default if it is not given."""
    value = query.get(name)
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > 19 or not low <= int(value) <= high:
        raise InvalidParameter(name, f"must be a whole number from {low} to {high}")
    return int(value)
