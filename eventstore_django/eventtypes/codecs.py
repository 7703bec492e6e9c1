"""How single values become JSON and come back: each codec takes exactly what it can give back.

A codec raises ``Refused`` in both directions; the containers around it add the steps of the path.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any
from uuid import UUID

from ..encoding import Refused
from ..names import plain

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

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# fromisoformat() cuts a seventh decimal without a word.
_TOO_FINE = re.compile(r"[.,][0-9]{7}")


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


@dataclass(frozen=True, slots=True)
class Exact(Codec):
    """A type that JSON has itself."""

    kind: type

    @property
    def kinds(self) -> frozenset[type]:  # type: ignore[override]  # read only, as all is here
        """Return the type itself."""
        return frozenset({self.kind})

    def encode(self, value: Any) -> Any:
        """Return it; a text of a subclass that is no member of an enumeration as a plain one."""
        if type(value) is self.kind:
            return value
        if self.kind is str and isinstance(value, str) and not isinstance(value, Enum):
            return plain(value)
        raise other_type(value, self.kind.__name__)

    def decode(self, stored: Any) -> Any:
        """Return it."""
        if type(stored) is self.kind:
            return stored
        raise other_kind(stored, KINDS[self.kind])


class Fraction(Codec):
    """``float``. A whole number passes where a float holds the same: type checkers allow it there."""

    __slots__ = ()
    kinds = frozenset({float})

    def encode(self, value: Any) -> Any:
        """Return a float."""
        return self._float(value, other_type(value, "float"))

    def decode(self, stored: Any) -> Any:
        """Return a float."""
        return self._float(stored, other_kind(stored, "a number"))

    def _float(self, value: Any, refused: Refused) -> float:
        if type(value) is float:
            return value
        if type(value) is int and abs(value) < 2**53:
            return float(value)
        raise refused


class Anything(Codec):
    """``Any``, and ``dict`` or ``list`` without parameters: what JSON has, as it is."""

    __slots__ = ("_only",)
    kinds = frozenset(KINDS)

    def __init__(self, only: type | None = None) -> None:
        self._only = only

    def encode(self, value: Any) -> Any:
        """Return a copy: the event must not change with what it was made of."""
        if self._only is not None and type(value) is not self._only:
            raise other_type(value, self._only.__name__)
        return copied(value)

    def decode(self, stored: Any) -> Any:
        """Return a copy."""
        if self._only is not None and type(stored) is not self._only:
            raise other_kind(stored, KINDS[self._only])
        return copied(stored)


@dataclass(frozen=True, slots=True)
class Text(Codec):
    """A type that JSON lacks, as its canonical text."""

    type: type
    write: Callable[[Any], str]
    read: Callable[[str], Any]

    @property
    def kinds(self) -> frozenset[Any]:  # type: ignore[override]  # read only, as all is here
        """Return that of texts."""
        return frozenset({str})

    def encode(self, value: Any) -> Any:
        """Return the text."""
        # A datetime is a date to isinstance(), and would lose its time.
        if not isinstance(value, self.type) or (self.type is date and isinstance(value, datetime)):
            raise other_type(value, self.type.__name__)
        return self.write(value)

    def decode(self, stored: Any) -> Any:
        """Return the value of the text."""
        if type(stored) is not str:
            raise other_kind(stored, f"the text of a {self.type.__name__}")
        try:
            return self.read(stored)
        except (ValueError, InvalidOperation):
            raise Refused(f"is {stored!a:.50}, which is no {self.type.__name__}") from None


def _write_decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise Refused(f"is {value}, which is not a number that JSON has")
    return str(value)


def _read_decimal(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError
    return value


def _read_uuid(text: str) -> UUID:
    if not _UUID.fullmatch(text):
        raise ValueError
    return UUID(text)


def _write_datetime(value: datetime) -> str:
    if value.utcoffset() is None:
        raise Refused("has no time zone; use an aware datetime")
    return value.isoformat()


def _read_datetime(text: str) -> datetime:
    value = datetime.fromisoformat(_fine_enough(text))
    if value.utcoffset() is None:
        raise Refused(f"is {text!a:.50}, which has no time zone")
    return value


def _write_time(value: time) -> str:
    if value.tzinfo is not None:
        raise Refused("has a time zone, which a time alone can't keep; use a datetime")
    return value.isoformat()


def _read_time(text: str) -> time:
    value = time.fromisoformat(_fine_enough(text))
    if value.tzinfo is not None:
        raise ValueError
    return value


def _fine_enough(text: str) -> str:
    if _TOO_FINE.search(text):
        raise ValueError
    return text


SCALARS: tuple[tuple[Any, Codec], ...] = (
    (str, Exact(str)),
    (int, Exact(int)),
    (bool, Exact(bool)),
    (None, Exact(type(None))),
    (type(None), Exact(type(None))),
    (float, Fraction()),
    (Decimal, Text(Decimal, _write_decimal, _read_decimal)),
    (UUID, Text(UUID, str, _read_uuid)),
    (datetime, Text(datetime, _write_datetime, _read_datetime)),
    (date, Text(date, date.isoformat, date.fromisoformat)),
    (time, Text(time, _write_time, _read_time)),
    (Any, Anything()),
    (object, Anything()),
    (dict, Anything(dict)),
    (list, Anything(list)),
)
"""The types that need no parameters."""


def copied(value: Any) -> Any:
    """Return a JSON value anew. Raise Refused for one that would come back as something else."""
    kind = type(value)
    if kind is dict:
        return {_key(key): _inside(key, item) for key, item in value.items()}
    if kind is list:
        return [_inside(index, item) for index, item in enumerate(value)]
    if kind in KINDS:
        return value
    raise Refused(f"is a {kind.__name__}, which comes back as something else where the type is not declared")


def _key(key: Any) -> str:
    if type(key) is not str:
        raise Refused(f"has the key {key!r:.50}, which is not a text")
    return key


def _inside(step: str | int, value: Any) -> Any:
    try:
        return copied(value)
    except Refused as refused:
        raise refused.within(step) from refused.__cause__


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
