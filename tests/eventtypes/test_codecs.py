"""What an instance may hold, what a stored payload must be, and what both are told if they are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils.safestring import mark_safe
from typing_extensions import TypeAliasType

from eventstore_django.encoding import Refused
from eventstore_django.eventtypes.hints import Resolver


class Word(StrEnum):
    YES = "yes"


class Digit(IntEnum):
    ONE = 1


class Colour(Enum):
    RED = "red"


class Custom(str):
    __slots__ = ()


T = TypeVar("T")


@dataclass
class Held(Generic[T]):
    value: T


@dataclass
class Holder(Generic[T]):
    inner: Held[T]


@dataclass
class Line:
    price: Decimal


@dataclass
class Bound(Line):
    pages: int = 0


@dataclass
class Order:
    lines: list[Line]


def codec(hint: Any) -> Any:
    """Return the codec of a field of this type."""

    @dataclass
    class Holder:
        value: hint

    struct: Any = Resolver(__name__, {"hint": hint}).codec_of_class(Holder)
    return struct._fields[0].codec


def refusal(call: Any, value: Any) -> str:
    with pytest.raises(Refused) as caught:
        call(value)
    return f"{caught.value.path}: {caught.value.reason}" if caught.value.path else caught.value.reason


AMS = ZoneInfo("Europe/Amsterdam")

REFUSED_INSTANCES: list[tuple[Any, Any, str]] = [
    (str, 1, "is an int, not a str"),
    (str, None, "is None, not a str"),
    (str, Word.YES, "is a Word, not a str"),
    (int, True, "is a bool, not an int"),
    (int, Digit.ONE, "is a Digit, not an int"),
    (int, 1.0, "is a float, not an int"),
    (bool, 1, "is an int, not a bool"),
    (float, True, "is a bool, not a float"),
    (float, 2**53 + 1, "is an int, not a float"),
    (float, Decimal(1), "is a Decimal, not a float"),
    (Decimal, 1, "is an int, not a Decimal"),
    (Decimal, Decimal("NaN"), "is NaN, which is not a number that JSON has"),
    (UUID, "7", "is a str, not a UUID"),
    (datetime, datetime(2024, 1, 1), "has no time zone; use an aware datetime"),
    (datetime, date(2024, 1, 1), "is a date, not a datetime"),
    (date, datetime(2024, 1, 1, tzinfo=UTC), "is a datetime, not a date"),
    (time, time(1, tzinfo=UTC), "has a time zone, which a time alone can't keep; use a datetime"),
    (Colour, "red", "is 'red', which is no Colour"),
    (Colour, [], "is [], which is no Colour"),
    (Word, "yes", "is 'yes', which is no Word"),
    (Literal[1, "a"], True, "is True, which is no one of 1, 'a'"),
    (Literal[1, "a"], 1.0, "is 1.0, which is no one of 1, 'a'"),
    (list[int], (1,), "is a tuple, not a list"),
    (list[int], [1, "2"], "[1]: is a str, not an int"),
    (tuple[int, ...], [1], "is a list, not a tuple"),
    (tuple[int, str], (1,), "has 1 items, not 2"),
    (tuple[int, str], (1, 2), "[1]: is an int, not a str"),
    (set[int], frozenset({1}), "is a frozenset, not a set"),
    (dict[str, int], {"a": {}}, "a: is a dict, not an int"),
    (dict[str, int], {1: 1}, "has the key 1, which is an int, not a str"),
    (int | str, 1.5, "is a float, not an int"),
    (Line | None, Line(1), "price: is an int, not a Decimal"),  # type: ignore[arg-type]
    (Line, Bound(Decimal(1)), "is a Bound, not a Line"),
    (Line, {"price": "1"}, "is a dict, not a Line"),
    (Order, Order([Line(Decimal(1)), Line("1")]), "lines[1].price: is a str, not a Decimal"),  # type: ignore[arg-type]
    (Any, {"a": [Decimal(1)]}, "a[0]: is a Decimal, which comes back as something else"),
    (Any, (1,), "is a tuple, which comes back as something else"),
    (dict, {1: 1}, "has the key 1, which is not a text"),
    (dict, [], "is a list, not a dict"),
]

REFUSED_PAYLOADS: list[tuple[Any, Any, str]] = [
    (str, 1, "is a whole number, not a text"),
    (str, None, "is null, not a text"),
    (int, True, "is true or false, not a whole number"),
    (int, 1.0, "is a number with a fraction, not a whole number"),
    (float, "1", "is a text, not a number"),
    (Decimal, 1, "is a whole number, not the text of a Decimal"),
    (Decimal, "one", "is 'one', which is no Decimal"),
    (Decimal, "Infinity", "is 'Infinity', which is no Decimal"),
    (UUID, "{00000000-0000-0000-0000-000000000007}", "which is no UUID"),
    (datetime, "2024-01-01T00:00:00", "is '2024-01-01T00:00:00', which has no time zone"),
    (datetime, "2024-01-01T00:00:00.1234567Z", "which is no datetime"),
    (datetime, "yesterday", "is 'yesterday', which is no datetime"),
    (date, "2024-02-30", "is '2024-02-30', which is no date"),
    (time, "01:00:00+01:00", "is '01:00:00+01:00', which is no time"),
    (Colour, "purple", "is 'purple', which is no Colour"),
    (Digit, True, "is True, which is no Digit"),
    (Literal[1, "a"], 1.0, "is 1.0, which is no one of 1, 'a'"),
    (list[int], {}, "is an object, not a list"),
    (list[int], [1, None], "[1]: is null, not a whole number"),
    (tuple[int, str], [1], "has 1 items, not 2"),
    (set[int], [1, 1], "holds a value twice, as no set does"),
    (dict[Decimal, int], {"1.0": 1, "1.00": 2}, "has two keys that are the same"),
    (dict[UUID, int], {"a": 1}, "has the key 'a', which is 'a', which is no UUID"),
    (int | str, 1.5, "is a number with a fraction, not a whole number or a text"),
    (Line, [], "is a list, not an object"),
    (Line, {}, "price: is missing"),
    (Order, {"lines": [{"price": "1"}, {"price": None}]}, "lines[1].price: is null, not the text of a Decimal"),
    (dict, [], "is a list, not an object"),
]

SAME: list[tuple[Any, Any, Any]] = [
    (str, mark_safe("a"), "a"),
    (str, Custom("a"), "a"),
    (float, 1, 1.0),
    (Decimal, Decimal("-0"), "-0"),
    (Decimal, Decimal("1E+2"), "1E+2"),
    (datetime, datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=AMS), "2024-02-29T01:02:03.000004+01:00"),
    (datetime, datetime(1, 1, 1, tzinfo=timezone(timedelta(seconds=61))), "0001-01-01T00:00:00+00:01:01"),
    (time, time(1, 2, 3, 4), "01:02:03.000004"),
    (date, date(1, 1, 1), "0001-01-01"),
    (set[str], {"b", "a"}, ["a", "b"]),
    (Colour | None, None, None),
    (Digit | str, Digit.ONE, 1),
]


@pytest.mark.parametrize(("hint", "value", "reason"), REFUSED_INSTANCES)
def test_a_value_that_would_not_come_back_is_refused(hint: Any, value: Any, reason: str) -> None:
    assert reason in refusal(codec(hint).encode, value)


@pytest.mark.parametrize(("hint", "stored", "reason"), REFUSED_PAYLOADS)
def test_a_stored_value_that_does_not_fit_is_refused(hint: Any, stored: Any, reason: str) -> None:
    assert reason in refusal(codec(hint).decode, stored)


@pytest.mark.parametrize(("hint", "value", "stored"), SAME)
def test_a_value_is_stored_as_its_canonical_text_and_comes_back(hint: Any, value: Any, stored: Any) -> None:
    assert codec(hint).encode(value) == stored
    assert type(codec(hint).encode(value)) is type(stored)
    assert codec(hint).decode(stored) == value


def test_a_whole_number_in_a_float_field_is_stored_as_a_float() -> None:
    assert repr(codec(float).encode(1)) == "1.0"
    assert repr(codec(float | int).encode(1)) == "1"


def test_aliases_of_types_are_seen_through() -> None:
    # Those of Python 3.12 (type X = ...) look the same.
    plain: Any = TypeAliasType("plain", list[Decimal])
    parameters: Any = (T,)
    pair: Any = TypeAliasType("pair", tuple[T, list[T]], type_params=parameters)
    assert codec(plain).decode(["1"]) == [Decimal(1)]
    assert codec(pair[int]).decode([1, [2]]) == (1, [2])
    assert codec(dict[str, pair[Decimal]]).decode({"a": ["1", []]}) == {"a": (Decimal(1), [])}


def test_a_generic_class_within_another_has_the_types_of_each_use() -> None:
    both = codec(tuple[Holder[int], Holder[str]])
    assert both.decode([{"inner": {"value": 1}}, {"inner": {"value": "a"}}]) == (Holder(Held(1)), Holder(Held("a")))
    assert refusal(both.decode, [{"inner": {"value": 1}}, {"inner": {"value": 1}}]) == (
        "[1].inner.value: is a whole number, not a text"
    )


def test_a_field_with_a_default_may_be_missing_in_what_is_stored() -> None:
    @dataclass
    class Opened:
        owner: str
        limit: int = 5
        tags: list[str] = field(default_factory=lambda: ["new"])

    assert codec(Opened).decode({"owner": "Ada"}) == Opened("Ada", 5, ["new"])


def test_a_field_without_a_default_must_be_there_even_if_it_may_be_none() -> None:
    @dataclass
    class Opened:
        owner: str | None

    assert refusal(codec(Opened).decode, {}) == "owner: is missing"


def test_fields_that_the_class_does_not_have_are_left_out() -> None:
    assert codec(Line).decode({"price": "1", "weight": 3}) == Line(Decimal(1))


def test_what_a_constructor_refuses_is_told_with_its_reason() -> None:
    @dataclass
    class Positive:
        amount: int

        def __post_init__(self) -> None:
            if self.amount < 0:
                raise ValueError("must not be negative")

    assert refusal(codec(list[Positive]).decode, [{"amount": -1}]) == (
        "[0]: Positive refused it: ValueError: must not be negative"
    )


def test_an_instance_shares_nothing_with_the_payload_it_was_made_of() -> None:
    stored: dict[str, Any] = {"a": [1]}
    found = codec(Any).decode(stored)
    found["a"].append(2)
    assert stored == {"a": [1]}
    given: dict[str, Any] = {"a": [1]}
    written = codec(dict).encode(given)
    given["a"].append(2)
    assert written == {"a": [1]}
