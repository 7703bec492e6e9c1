"""What comes back: the same value of the same type, or the canonical text of what JSON does not have."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, IntFlag, StrEnum
from typing import Any
from uuid import UUID

import pytest
from django.utils.safestring import mark_safe

from ...events import NewEvent
from .case import ContractCase, noted


class _Plain(Enum):
    RED = "red"
    PRICE = Decimal("1.50")
    DAY = date(2024, 2, 29)
    LIST = [1, "a"]  # the value of a member


class _Text(str, Enum):  # noqa: UP042  # the mixin is what is tested
    RED = "red"


class _Number(int, Enum):
    ONE = 1


class _Str(StrEnum):
    RED = "red"


class _Int(IntEnum):
    TWO = 2


class _Flag(IntFlag):
    A = 1
    B = 2


class _Float(float, Enum):
    HALF = 0.5


KEPT: dict[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "zero": 0,
    "integer beyond 64 bits": 2**64 + 1,
    "integer beyond doubles": -(10**40) - 7,
    "integer of 4299 digits": 10**4299 - 1,
    "zero as a float": 0.0,
    "whole float": 1.0,
    "fraction": 0.1,
    "sum": 0.1 + 0.2,
    "small": 1e-7,
    "smallest": 5e-324,
    "smallest normal": 2.2250738585072014e-308,
    "largest without an exponent": 9999999999999998.0,
    "negative": -123456.789,
    "empty text": "",
    "texts": "é € 😀 \u200b \u2028 \ufeff \uffff",
    "control characters": "\x01\x08\t\n\x0b\r\x1f\x7f\x85",
    "quotes": "'\"\\ %s %(a)s {} $$ \\u0000 \\x00 -- ;",
    "composed": "\u00e9",
    "decomposed": "e\u0301",
    "spaces": "  a  ",
    "what looks like a number": "1.10",
    "what looks like a time": "2024-01-01T00:00:00Z",
    "empty list": [],
    "empty object": {},
    "nested": {"a": [1, 1.0, True, None, "1", {"b": [[], {}]}]},
    "odd keys": {"": 1, " ": 2, "a.b": 3, "$": 4, "%": 5, "é": 6, "e\u0301": 7, "'": 8, '"': 9, "\n": 10},
}

ENCODED: dict[str, tuple[Any, Any]] = {
    "decimal": (Decimal("1.10"), "1.10"),
    "decimal with an exponent": (Decimal("1E+5"), "1E+5"),
    "decimal negative zero": (Decimal("-0.00"), "-0.00"),
    "long decimal": (
        Decimal("0.1234567890123456789012345678901234567890"),
        "0.1234567890123456789012345678901234567890",
    ),
    "uuid": (UUID("01890A5D-AC96-774B-BCCE-B302099A8057"), "01890a5d-ac96-774b-bcce-b302099a8057"),
    "aware time": (datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC), "2024-02-29T12:30:15.123456+00:00"),
    "time in a zone": (
        datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        "2024-02-29T12:00:00+05:45",
    ),
    "naive time": (datetime(2024, 2, 29, 12, 30, 15, 1), "2024-02-29T12:30:15.000001"),
    "date": (date(2024, 2, 29), "2024-02-29"),
    "enum of a text": (_Plain.RED, "red"),
    "enum of a decimal": (_Plain.PRICE, "1.50"),
    "enum of a date": (_Plain.DAY, "2024-02-29"),
    "enum of a list": (_Plain.LIST, [1, "a"]),
    "enum that is a text": (_Text.RED, "red"),
    "enum that is a number": (_Number.ONE, 1),
    "str enum": (_Str.RED, "red"),
    "int enum": (_Int.TWO, 2),
    "int flags": (_Flag.A | _Flag.B, 3),
    "enum that is a float": (_Float.HALF, 0.5),
    "ordered dict": (OrderedDict(a=1), {"a": 1}),
    "default dict": (defaultdict(list, a=[1]), {"a": [1]}),
    "safe text": (mark_safe("a & b"), "a & b"),  # nothing is shown
}


def _exactly(value: object) -> str:
    """Text that differs where types do: in Python 1, 1.0 and True are equal."""
    return json.dumps(value, sort_keys=True)


class ValueContract(ContractCase):
    """What a payload holds after the way through the database."""

    def read_back(self, value: object) -> Any:
        """Write a value in a payload and in metadata, alone and among others; return what is read."""
        event = NewEvent("Noted", {"value": value}, metadata={"value": value})
        single = self.store.append("Account-1", [event])
        several = self.store.append("Account-2", [noted(), event])
        read = self.store.get_events("Account-1") + self.store.get_events("Account-2", 2)
        assert [*single.events, *several.events[1:]] == read
        found = {_exactly(part["value"]) for event in read for part in (event.payload, event.metadata)}
        assert len(found) == 1
        return read[0].payload["value"]

    @pytest.mark.parametrize("value", KEPT.values(), ids=KEPT)
    def test_what_json_has_comes_back_as_it_was(self, value: object) -> None:
        assert _exactly(self.read_back(value)) == _exactly(value)

    @pytest.mark.parametrize(("value", "text"), ENCODED.values(), ids=ENCODED)
    def test_what_json_does_not_have_comes_back_as_its_canonical_value(self, value: object, text: object) -> None:
        assert _exactly(self.read_back(value)) == _exactly(text)

    def test_special_values_are_found_wherever_they_stand(self) -> None:
        value = {"list": [Decimal("1.0"), {"id": UUID(int=1)}], "enum": {"a": _Plain.PRICE}}
        expected = {"list": ["1.0", {"id": str(UUID(int=1))}], "enum": {"a": "1.50"}}
        assert self.read_back(value) == expected

    def test_an_empty_payload_comes_back(self) -> None:
        self.store.append("Account-1", [NewEvent("Noted", {})])
        event = self.store.get_events("Account-1")[0]
        assert (event.payload, event.metadata) == ({}, {})

    def test_microseconds_of_the_time_are_kept(self) -> None:
        moment = datetime(2024, 2, 29, 12, 30, 15, 123457, tzinfo=UTC)
        self.store.append("Account-1", [noted(occurred_at=moment)])
        self.store.append("Account-1", [noted(occurred_at=moment), noted()])
        assert [event.occurred_at for event in self.store.get_events("Account-1", 1, 2)] == [moment, moment]

    def test_a_time_in_another_zone_is_the_same_moment(self) -> None:
        moment = datetime(2024, 2, 29, 1, tzinfo=timezone(timedelta(hours=-9, minutes=-30)))
        result = self.store.append("Account-1", [noted(occurred_at=moment)])
        assert result.events[0].occurred_at == moment
        assert self.store.get_events("Account-1")[0].occurred_at == moment

    def test_the_event_id_is_kept(self) -> None:
        event_id = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")
        self.store.append("Account-1", [noted(event_id=event_id)])
        assert self.store.get_events("Account-1")[0].event_id == event_id
