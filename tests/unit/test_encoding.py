from __future__ import annotations

import json
import math
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest

from eventstore_django import encoding
from eventstore_django.encoding import Refused, decode, encode, text_fault
from eventstore_django.testing.contract.validation import BAD_KEYS, BAD_VALUES, PLACES
from eventstore_django.testing.contract.values import ENCODED, KEPT


@pytest.mark.parametrize("value", KEPT.values(), ids=KEPT)
def test_what_json_has_comes_back(value: object) -> None:
    assert json.dumps(decode(encode({"value": value}))) == json.dumps({"value": value})


@pytest.mark.parametrize("text", ["", "{", '{"a": }', "nothing"])
def test_what_is_no_json_is_said_to_be_none(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        decode(text)


@pytest.mark.parametrize(("value", "expected"), ENCODED.values(), ids=ENCODED)
def test_what_json_does_not_have_becomes_canonical(value: object, expected: object) -> None:
    assert json.dumps(decode(encode({"value": [value]}))) == json.dumps({"value": [expected]})


@pytest.mark.parametrize("bad", BAD_VALUES.values(), ids=BAD_VALUES)
@pytest.mark.parametrize(("place", "path"), PLACES.values(), ids=PLACES)
def test_a_bad_value_is_refused_with_its_path(bad: Any, place: Any, path: str) -> None:
    with pytest.raises(Refused) as caught:
        encode(place(bad))
    assert caught.value.path == path.removeprefix(".")


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_bad_key_is_refused_with_the_path_of_its_object(key: Any) -> None:
    with pytest.raises(Refused, match="key") as caught:
        encode({"a": [0, {key: 1}]})
    assert caught.value.path == "a[1]"


def test_the_text_is_compact_and_not_escaped() -> None:
    assert encode({"name": "Zoë", "items": [1, 2.5, None, True]}) == '{"name":"Zoë","items":[1,2.5,null,true]}'


@pytest.mark.parametrize("text", ["\\u0000", "\\\\u0000", "\\ud800", "u0000"])
def test_a_backslash_before_a_code_is_no_nul(text: str) -> None:
    assert decode(encode({text: text})) == {text: text}


def test_a_nul_is_found_beside_what_only_looks_like_one() -> None:
    with pytest.raises(Refused) as caught:
        encode({"a": "\\u0000", "b": ["\\u0000", "\x00"]})
    assert caught.value.path == "b[1]"


@pytest.mark.parametrize("number", [9999999999999998.0, -9999999999999998.0, 1e15, 0.1, 5e-324])
def test_a_float_without_a_positive_exponent_is_kept(number: float) -> None:
    assert repr(decode(encode({"a": number}))["a"]) == repr(number)


@pytest.mark.parametrize("number", [1e16, -1e16, math.nextafter(1e16, math.inf), 1.5e300])
def test_a_float_with_a_positive_exponent_is_refused(number: float) -> None:
    with pytest.raises(Refused, match="integer"):
        encode({"a": number})


def test_an_integer_is_kept_as_far_as_python_reads_it() -> None:
    assert decode(encode({"a": 10**4299})) == {"a": 10**4299}
    with pytest.raises(Refused, match="digits"):
        encode({"a": 10**4300})
    with pytest.raises(Refused, match="digits"):
        encode({"a": -(10**4300)})


@pytest.mark.parametrize(
    ("value", "again"),
    [
        (Decimal("1E+400"), Decimal),
        (UUID(int=7), UUID),
        (datetime(2024, 2, 29, 12, 0, 0, 1), datetime.fromisoformat),
    ],
)
def test_a_canonical_text_leads_back_to_the_value(value: object, again: Any) -> None:
    assert again(decode(encode({"a": value}))["a"]) == value


def test_the_value_is_not_changed() -> None:
    value = {"a": [Decimal("1.0"), {"b": UUID(int=1)}]}
    encode(value)
    assert value == {"a": [Decimal("1.0"), {"b": UUID(int=1)}]}


@pytest.mark.parametrize("value", [None, [], "a", 1, ()])
def test_only_a_dict_is_an_object(value: object) -> None:
    with pytest.raises(Refused, match=type(value).__name__):
        encode(value)


def test_a_long_odd_key_is_shortened_in_the_path() -> None:
    with pytest.raises(Refused) as caught:
        encode({"é " * 5000: {1}})
    assert len(caught.value.path) < 100
    assert caught.value.path.isascii()


@pytest.mark.parametrize("text", ["", "a", "é", "😀", "\x01", "\ufffe", "\ue000"])
def test_a_text_that_postgresql_stores_has_no_fault(text: str) -> None:
    assert text_fault(text) is None


@pytest.mark.parametrize("text", ["\x00", "é\x00", "\ud800", "a\udfffb", "\ud83d\ude00"])
def test_a_text_that_postgresql_refuses_has_a_fault(text: str) -> None:
    assert text_fault(text)


class _Odd(int, Enum):
    ACTIVE = 1, "active"

    def __new__(cls, number: int, value: str) -> _Odd:
        member = int.__new__(cls, number)
        member._value_ = value
        return member


def test_a_member_whose_value_is_not_what_it_is_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        encode({"state": _Odd.ACTIVE})
    assert caught.value.path == "state"


def test_a_long_key_is_shortened_in_the_path() -> None:
    with pytest.raises(Refused) as caught:
        encode({"k" * 5000: (1,)})
    assert len(caught.value.path) < 60


@pytest.mark.parametrize("in_c", [True, False])
@pytest.mark.parametrize(
    "options", [{}, {"sort_keys": True, "separators": (",", ":")}, {"ensure_ascii": False, "default": str}]
)
def test_a_writer_writes_what_its_encoder_does(
    options: dict[str, Any], in_c: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not in_c:
        monkeypatch.setattr(encoding, "_MAKE_ENCODER", None)
    value = {"b": [1, 1.5, None, True, 'ä\x01\u2028\\"'], "a": {"é": {}}, "c": (1e22, -0.0, 10**30)}
    assert encoding.writer(**options)(value) == json.JSONEncoder(**options).encode(value)


def test_a_writer_refuses_what_its_encoder_does() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encoding.writer(allow_nan=False)([float("nan")])
    with pytest.raises(TypeError, match="not JSON serializable"):
        encoding.writer()({"a": {1}})
