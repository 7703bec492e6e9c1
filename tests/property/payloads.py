"""Random payloads: what must be stored, what may be refused, and what readers must get."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any
from uuid import UUID

from hypothesis import strategies as st


class Plain(Enum):
    TEXT = "é"
    NUMBER = 1
    DECIMAL = Decimal("1.10")
    DAY = date(2024, 2, 29)


class Text(StrEnum):
    RED = "red"


class Number(IntEnum):
    TWO = 2


EVERY_CHARACTER = st.characters(exclude_categories=())
"""Surrogates and NUL too."""

# Texts are short: what breaks is a character, or a few of them, not many.
_any_text = st.text(EVERY_CHARACTER, max_size=12)
_escapes = st.text(st.sampled_from('\\u0d8cfn"/\x01\x7f\u2028%'), max_size=12)
_good_text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12) | _escapes

_large = st.builds(
    lambda power, offset, sign: sign * (10**power + offset),
    st.integers(15, 4298),
    st.integers(-9, 9),
    st.sampled_from([1, -1]),
)
_too_large = st.integers(4299, 4305).map(lambda power: 10**power - 1)
_zones = st.none() | st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_enums = st.sampled_from([*Plain, *Text, *Number])

_good_floats = st.floats(-9.9e15, 9.9e15).filter(lambda number: repr(number) != "-0.0")

_good_leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | _large
    | _good_floats
    | _good_text
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.uuids()
    | st.datetimes(timezones=_zones)
    | st.dates()
    | _enums
)
_odd_leaves = (
    st.floats()
    | _any_text
    | _too_large
    | st.decimals()
    | st.binary(max_size=4)
    | st.tuples(st.integers())
    | st.times()
    | st.timedeltas()
    | st.complex_numbers()
    | st.frozensets(st.integers(), max_size=2)
)


def _objects(keys: st.SearchStrategy[Any], leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[Any, Any]]:
    def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)

    return st.dictionaries(keys, st.recursive(leaves, grown, max_leaves=8), max_size=4)


GOOD_PAYLOADS = _objects(_good_text, _good_leaves)
"""Must be stored."""

ANY_PAYLOADS = (
    GOOD_PAYLOADS | _objects(_any_text, _good_leaves | _odd_leaves) | _objects(_any_text | st.integers(), _good_leaves)
)
"""May be refused."""


def canonical(value: Any) -> Any:
    """Return what readers must get for a value."""
    if isinstance(value, Enum):
        return canonical(value.value)
    if isinstance(value, dict):
        return {key: canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value
