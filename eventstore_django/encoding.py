"""Payloads as JSON, without loss: what can't come back as it went in is refused, never changed.

PostgreSQL's ``jsonb`` keeps numbers as decimals and refuses some texts; SQLite keeps the JSON text.
Only what both give back unchanged passes. ``Decimal``, ``UUID``, ``datetime``, ``date`` and ``Enum``
become their canonical texts (an ``Enum`` its value).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias
from uuid import UUID

JSONObject: TypeAlias = dict[str, Any]

MAX_DEPTH = 64
"""Levels of objects and lists within each other, the payload itself included."""

# CPython refuses to print or read longer integers (sys.set_int_max_str_digits); 10 bits hold 3 digits.
_MAX_INT_BITS = 4300 * 3321928 // 1_000_000
# From here on floats are printed with an exponent, which jsonb gives back as an integer.
_FIRST_EXPONENT = 1e16
# Most integers: no need to ask these for their length.
_SMALL = 2**63


UNDECODABLE = (ValueError, RecursionError)
"""What ``decode`` and ``json.loads`` raise for texts that they can't read."""


class Refused(Exception):
    """A value that can't be stored as it is; ``steps`` are the keys and indexes that lead to it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.steps: list[str | int] = []

    def within(self, step: str | int) -> Refused:
        """Note that the value stands inside of ``step``."""
        self.steps.append(step)
        return self

    @property
    def path(self) -> str:
        """Where the value stands, for example ``payload.items[2].price``."""
        return "".join(_step(step) for step in reversed(self.steps)).removeprefix(".")


@dataclass(frozen=True, slots=True)
class Undecodable:
    """Stands where a value would be: JSON, or a time, in the database that Python can't read.

    The store writes none. Another client can: integers of more than 4300 digits, nesting beyond Python's stack,
    the time ``infinity``.
    """

    text: str = field(repr=False)
    """The JSON, or the time, as it is stored."""
    reason: str

    def __str__(self) -> str:
        return self.reason


def encode(value: object) -> str:
    """Return the JSON text of an object. Raise Refused for anything that would not come back the same."""
    if not isinstance(value, dict):
        raise Refused(f"must be an object (a dict), not {type(value).__name__}")
    _check_object(value, 1)
    text = _WRITE(value)
    # All texts at once, which is quick. Only if something looks wrong are they looked at one by one: to
    # name the path, or to find that a harmless backslash only looked like it.
    if "\\u0000" in text or not (text.isascii() or _is_unicode(text)):
        _check_texts(value)
    return text


def decode(text: str) -> JSONObject:
    """Return the object that ``encode`` made this text of."""
    try:
        value: JSONObject = _SCAN(text, 0)[0]
    except StopIteration as stopped:
        raise json.JSONDecodeError("Expecting value", text, stopped.value) from None
    return value


def decode_if_possible(text: str) -> Any:
    """Return the value of a JSON text from a database, whoever wrote it; an Undecodable if there is no way."""
    try:
        return json.loads(text)
    except UNDECODABLE as error:
        return Undecodable(text, f"can't be decoded: {error}")


def writer(**options: Any) -> Callable[[object], str]:
    """Return what ``json.JSONEncoder(**options).encode`` calls in the end; it makes it anew for each text.

    That takes as long as to write a small payload. Options as there; ``indent`` is not known, and circles are not
    looked for.
    """
    encoder = json.JSONEncoder(check_circular=False, **options)
    if _MAKE_ENCODER is None:
        return encoder.encode
    write = _MAKE_ENCODER(
        None,
        encoder.default,
        json.encoder.encode_basestring_ascii if encoder.ensure_ascii else json.encoder.encode_basestring,
        None,
        encoder.key_separator,
        encoder.item_separator,
        encoder.sort_keys,
        encoder.skipkeys,
        encoder.allow_nan,
    )
    return lambda value: "".join(write(value, 0))


def decode_strictly(text: str) -> Any:
    """Return the same, but an Undecodable also for what could not be written as JSON again, as infinity."""
    value = decode_if_possible(text)
    fault = None if isinstance(value, Undecodable) else json_fault(value)
    return value if fault is None else Undecodable(text, fault)


def json_fault(value: Any) -> str | None:
    """Say why a value that was read can't be written as JSON, or None."""
    try:
        _WRITE(value).encode()
    except UNDECODABLE as error:
        return f"can't be written as JSON: {error}"
    return None


def text_fault(text: str) -> str | None:
    """Say why a text can't be stored in PostgreSQL, or None."""
    if "\0" in text:
        return "holds the character U+0000, which PostgreSQL can't store"
    if not text.isascii() and not _is_unicode(text):
        return "holds half of a surrogate pair, which is no character"
    return None


def _check(value: object, depth: int) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None or (kind is int and -_SMALL < value < _SMALL):  # type: ignore[operator]
        return
    if kind is dict:
        _check_object(value, depth)  # type: ignore[arg-type]  # kind is dict
    elif kind is list:
        _check_list(value, depth)  # type: ignore[arg-type]  # kind is list
    else:
        _check_rarer(value, depth)


def _check_object(value: dict[Any, Any], depth: int) -> None:
    _check_depth(depth)
    for key, item in value.items():
        if not isinstance(key, str):
            raise Refused(f"has the key {key!r:.50}, which is not a text")
        if type(item) is str:  # most are: no call for them
            continue
        try:
            _check(item, depth + 1)
        except Refused as refused:
            refused.steps.append(key)
            raise


def _check_list(value: list[Any], depth: int) -> None:
    _check_depth(depth)
    for index, item in enumerate(value):
        try:
            _check(item, depth + 1)
        except Refused as refused:
            refused.steps.append(index)
            raise


def _check_texts(value: object) -> None:
    if isinstance(value, Enum):
        _check_texts(value.value)
    elif isinstance(value, str):
        if fault := text_fault(value):
            raise Refused(fault)
    elif isinstance(value, dict | list):
        _check_texts_within(value)


def _check_texts_within(value: dict[str, Any] | list[Any]) -> None:
    for step, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(step, str) and (fault := text_fault(step)):
            raise Refused(f"has a key that {fault}")
        try:
            _check_texts(item)
        except Refused as refused:
            refused.steps.append(step)
            raise


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Refused(f"is nested deeper than {MAX_DEPTH} levels")


def _check_rarer(value: object, depth: int) -> None:
    if isinstance(value, Enum):
        _check_enum(value, depth)
    elif isinstance(value, int):
        if value.bit_length() > _MAX_INT_BITS:
            raise Refused("is an integer of more than 4300 digits")
    elif isinstance(value, float):
        _check_float(value)
    elif isinstance(value, dict):
        _check_object(value, depth)
    elif isinstance(value, list):
        _check_list(value, depth)
    elif isinstance(value, Decimal):
        if not value.is_finite():
            raise Refused(f"is {value}, which is not a number that JSON has")
    elif not isinstance(value, str | UUID | date):
        raise Refused(f"is a {type(value).__name__}, which JSON does not have; convert it first")


def _check_enum(value: Enum, depth: int) -> None:
    # The encoder writes a member that is a text or number as what it is.
    if isinstance(value, str | int | float) and value != value.value:
        raise Refused(f"is {type(value).__name__}.{value.name}, whose value is not the text or number that it is")
    _check(value.value, depth)


def _check_float(value: float) -> None:
    if not math.isfinite(value):
        raise Refused(f"is {value}, which is not a number that JSON has")
    if abs(value) >= _FIRST_EXPONENT:
        raise Refused(f"is the float {value!r}, which PostgreSQL gives back as an integer; use int or Decimal")
    if value == 0 and math.copysign(1, value) < 0:
        raise Refused("is the float -0.0, which PostgreSQL gives back as 0.0")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _canonical(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if step.isidentifier() and len(step) <= 50 else f"[{step!a:.50}]"


# None where Python has none in C.
_MAKE_ENCODER = json.encoder.c_make_encoder  # type: ignore[attr-defined]  # the stubs don't know it
_WRITE = writer(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_canonical)
# What json.loads() calls in the end: white space around a text, which it skips before, is not what databases give,
# and of a small payload its way there takes half of the time.
_SCAN = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # the stubs don't know it
