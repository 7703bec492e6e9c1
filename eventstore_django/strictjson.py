"""JSON from outside, read without loss: what Python's reader would let pass or change is refused by its path."""

from __future__ import annotations

import json
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
    def __init__(self) -> None:
        self._found_faults = False

    def read(self, text: str) -> Any:
        decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_constant=lambda name: self._fault(f"{name} is not JSON"),
            parse_float=self._float,
            parse_int=self._int,
        )
        value = decoder.decode(text)
        if self._found_faults:
            _raise_first(value)
        return value

    def _fault(self, reason: str) -> _Fault:
        self._found_faults = True
        return _Fault(reason)

    def _object(self, pairs: list[tuple[str, Any]]) -> Any:
        fields = dict(pairs)
        if len(fields) == len(pairs):
            return fields
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        return self._fault(f"the key {repeated!a:.50} stands twice in one object")

    def _float(self, text: str) -> Any:
        value = float(text)
        # A float of 15 digits or fewer always comes back as it is written.
        if (len(text) > 15 or isinf(value)) and Decimal(text) != Decimal(repr(value)):
            return self._fault(f"{text:.50} is more than a float can hold; write it as a text")
        return value

    def _int(self, text: str) -> Any:
        try:
            return int(text)
        except ValueError as error:
            # Python reads no integer of more than 4300 digits.
            return self._fault(f"not readable: {error}")


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
