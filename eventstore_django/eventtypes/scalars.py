"""Types that JSON has itself, and JSON as it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..encoding import Refused
from ..names import plain
from .codecs import KINDS, Codec, other_kind, other_type
from .texts import TEXTS


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

    __slots__ = ("_only", "kinds")

    def __init__(self, only: type | None = None) -> None:
        self._only = only
        self.kinds = frozenset(KINDS if only is None else [only])

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


SCALARS: tuple[tuple[Any, Codec], ...] = (
    (str, Exact(str)),
    (int, Exact(int)),
    (bool, Exact(bool)),
    (None, Exact(type(None))),
    (type(None), Exact(type(None))),
    (float, Fraction()),
    (Any, Anything()),
    (object, Anything()),
    (dict, Anything(dict)),
    (list, Anything(list)),
    *TEXTS,
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
