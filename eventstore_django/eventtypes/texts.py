"""Types that JSON lacks, as their canonical texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from ..encoding import Refused
from .codecs import Codec, other_kind, other_type

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# fromisoformat() cuts a seventh decimal without a word.
_TOO_FINE = re.compile(r"[.,][0-9]{7}")


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


TEXTS: tuple[tuple[Any, Codec], ...] = (
    (Decimal, Text(Decimal, _write_decimal, _read_decimal)),
    (UUID, Text(UUID, str, _read_uuid)),
    (datetime, Text(datetime, _write_datetime, _read_datetime)),
    (date, Text(date, date.isoformat, date.fromisoformat)),
    (time, Text(time, _write_time, _read_time)),
)
"""The types that are kept so."""
