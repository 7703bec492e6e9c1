"""Query parameters: each is known, read strictly, and refused by name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.http import QueryDict

from ..encoding import text_fault
from .problems import InvalidField
from .times import read_time

_LARGEST = 2**63 - 1


def known_only(query: QueryDict, known: Collection[str]) -> None:
    """Refuse parameters that mean nothing here: a misspelt filter must not return everything."""
    for name in query:
        if name not in known:
            told = f"known are {', '.join(sorted(known))}" if known else "none are known here"
            raise InvalidField(name, f"unknown parameter; {told}")
        if len(query.getlist(name)) > 1:
            raise InvalidField(name, "given more than once")


def text(query: QueryDict, name: str) -> str | None:
    """Return a text that the database can compare with, or None if it is not given."""
    value = query.get(name)
    if value is not None and (fault := text_fault(value)):
        raise InvalidField(name, fault)
    return value


def whole_number(query: QueryDict, name: str, low: int, high: int = _LARGEST) -> int | None:
    """Return a number within bounds, or None if it is not given."""
    value = query.get(name)
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 19 or not low <= int(value) <= high:
        raise InvalidField(name, f"must be a whole number from {low} to {high}")
    return int(value)


def choice(query: QueryDict, name: str, choices: Collection[str]) -> str | None:
    """Return one of the choices, or None if it is not given."""
    value = query.get(name)
    if value is not None and value not in choices:
        raise InvalidField(name, f"must be one of {', '.join(choices)}")
    return value


def moment(query: QueryDict, name: str) -> datetime | None:
    """Return an aware time, or None if it is not given."""
    value = query.get(name)
    if value is None:
        return None
    try:
        return read_time(value)
    except ValueError as error:
        raise InvalidField(name, str(error)) from None
