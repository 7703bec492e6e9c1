"""Values out of a closed list: members of enumerations, and literals."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import Enum, Flag
from typing import Any

from ..encoding import Refused, decode, encode
from .codecs import Codec, other_kind, other_type


class Members(Codec):
    """Exactly these values. What is stored is a member's value, or the literal itself."""

    __slots__ = ("_by_stored", "_by_value", "_name", "kinds")

    def __init__(self, name: str, members: Iterable[Any]) -> None:
        self._name = name
        self._by_value: dict[Any, Any] = {}
        self._by_stored: dict[str, Any] = {}
        for member in members:
            stored = canonical(member)
            # Two members that are stored alike could not be told apart: 1 and Decimal("1") can, "1" and it can't.
            if _key(stored) in self._by_stored:
                raise TypeError(f"{self._by_stored[_key(stored)]!r} and {member!r} are stored alike")
            self._by_value[_identity(member)] = stored
            self._by_stored[_key(stored)] = member
        self.kinds = frozenset(type(stored) for stored in self._by_value.values())

    def encode(self, value: Any) -> Any:
        """Return what is stored for a member."""
        try:
            return self._by_value[_identity(value)]
        except (KeyError, TypeError):
            raise Refused(f"is {value!r:.50}, which is no {self._name}") from None

    def decode(self, stored: Any) -> Any:
        """Return the member."""
        try:
            return self._by_stored[_key(stored)]
        except (KeyError, ValueError):
            raise Refused(f"is {stored!r:.50}, which is no {self._name}") from None


class Flags(Codec):
    """A ``Flag``: its members and what they make together, as their number."""

    __slots__ = ("_type",)
    kinds = frozenset({int})

    def __init__(self, flag: type[Flag]) -> None:
        self._type = flag

    def encode(self, value: Any) -> Any:
        """Return the number."""
        if not isinstance(value, self._type):
            raise other_type(value, self._type.__name__)
        return value.value

    def decode(self, stored: Any) -> Any:
        """Return the members that the number stands for."""
        if type(stored) is not int:
            raise other_kind(stored, "a whole number")
        try:
            return self._type(stored)
        except ValueError:
            raise Refused(f"is {stored}, which is no {self._type.__name__}") from None


def canonical(value: object) -> Any:
    """Return the JSON value that an untyped event would hold. Raise TypeError if there is none."""
    try:
        return decode(encode({"value": value.value if isinstance(value, Enum) else value}))["value"]
    except Refused as refused:
        raise TypeError(f"{value!r}: {refused.reason}") from None


def _identity(value: Any) -> Any:
    # Members are compared with their own type: to Python 1, True and an IntEnum's member 1 are the same.
    return (type(value), value.name if isinstance(value, Enum) else value)


def _key(stored: Any) -> str:
    return json.dumps(stored, sort_keys=True)
