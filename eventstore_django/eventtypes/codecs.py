"""How single values become JSON and come back: each codec takes exactly what it can give back.

A codec raises ``Refused`` in both directions; the containers around it add the steps of the path.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from ..encoding import Refused

KINDS: dict[type, str] = {
    type(None): "null",
    bool: "true or false",
    int: "a whole number",
    float: "a number with a fraction",
    str: "a text",
    list: "a list",
    dict: "an object",
}
"""The kinds of values that JSON has."""


class Codec(ABC):
    """One type of values. ``kinds`` are the kinds of JSON values that it writes."""

    __slots__ = ()
    kinds: frozenset[type]

    @abstractmethod
    def encode(self, value: Any) -> Any:
        """Return the JSON value. Raise Refused for what would not come back as it is."""

    @abstractmethod
    def decode(self, stored: Any) -> Any:
        """Return the value of a JSON value. Raise Refused for one that this codec would not have written."""


def other_type(value: object, wanted: str) -> Refused:
    """Return the refusal of a value whose type is not the declared one."""
    if value is None:
        return Refused(f"is None, not {_article(wanted)} {wanted}")
    found = type(value).__name__
    return Refused(f"is {_article(found)} {found}, not {_article(wanted)} {wanted}")


def other_kind(stored: object, wanted: str) -> Refused:
    """Return the refusal of a stored value of another kind."""
    return Refused(f"is {KINDS.get(type(stored), type(stored).__name__)}, not {wanted}")


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeio" else "a"
