"""JSON from outside, read without loss: what Python's reader would let pass or change is refused by its path."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from math import isinf
from typing import Any

from .encoding import Refused


class NotJSON(ValueError):
    """A text is no JSON, or holds a value that would change; ``path`` leads to the value, where there is one."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path


def read_json(text: str) -> Any:
    """Return the value of a text.

    Raise NotJSON for NaN and infinities, for a key that stands twice in an object, for a number with
    more digits than it would keep, and for what is no JSON.
    """
    try:
        return _read_quickly(text)
    except (ValueError, StopIteration, RecursionError):
        return _read_slowly(text)


class _Faulty(ValueError):
    """What a hook refuses."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise _Faulty(f"the key {repeated!a:.50} stands twice in one object")
    return fields


def _exact(text: str) -> float:
    value = float(text)
    # A float of 15 digits or fewer always comes back as it is written.
    if (len(text) > 15 or isinf(value)) and Decimal(text) != Decimal(repr(value)):
        raise _Faulty(f"{text:.50} is more than a float can hold; write it as a text")
    return value


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        # Python reads no integer of more than 4300 digits.
        raise _Faulty(f"not readable: {error}") from None


def _constant(name: str) -> float:
    raise _Faulty(f"{name} is not JSON")


_SPACES = " \t\r\n"
# As in ``encoding``; made once, and so it can't note where something was refused. Its integers are Python's, made in C.
_SCAN = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_constant, parse_float=_exact).scan_once  # type: ignore[attr-defined]  # the stubs don't know it


def _read_quickly(text: str) -> Any:
    text = text.strip(_SPACES)
    value, end = _SCAN(text, 0)
    if end != len(text):
        raise ValueError("extra data")
    return value


def _read_slowly(text: str) -> Any:
    try:
        return _Reader().read(text)
    except json.JSONDecodeError as error:
        raise NotJSON(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise NotJSON("the JSON is nested too deep") from None


@dataclass(frozen=True, slots=True)
class _Fault:
    """Stands in the value where something was refused: the reader's hooks don't know where they are."""

    reason: str


class _Reader:
    """Reads on after a fault, so that its path can be told."""

    def __init__(self) -> None:
        self._found_faults = False

    def read(self, text: str) -> Any:
        decoder = json.JSONDecoder(
            object_pairs_hook=self._noted(_distinct),
            parse_constant=self._noted(_constant),
            parse_float=self._noted(_exact),
            parse_int=self._noted(_whole),
        )
        value = decoder.decode(text)
        if self._found_faults:
            _raise_first(value)
        return value

    def _noted(self, hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def read(given: Any) -> Any:
            try:
                return hook(given)
            except _Faulty as fault:
                self._found_faults = True
                return _Fault(str(fault))

        return read


def _raise_first(value: Any) -> None:
    # Without recursion: a value may be nested as deep as the reader got, from deeper in the stack than here.
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    while waiting:
        item, steps = waiting.pop()
        if isinstance(item, _Fault):
            raise NotJSON(item.reason, _path(steps))
        inner = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        waiting += reversed([(child, (*steps, step)) for step, child in inner])


def _path(steps: tuple[str | int, ...]) -> str:
    refused = Refused("")
    refused.steps.extend(reversed(steps))
    return refused.path
