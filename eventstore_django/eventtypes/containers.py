"""Values made of other values: lists, tuples, sets, dicts, and one of several types."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..encoding import Refused
from .codecs import KINDS, Codec, other_kind, other_type


class Items(Codec):
    """``list[T]`` and ``tuple[T, ...]``."""

    __slots__ = ("_inner", "_type")
    kinds = frozenset({list})

    def __init__(self, kind: Any, inner: Codec) -> None:
        self._type = kind
        self._inner = inner

    def encode(self, value: Any) -> Any:
        """Return a list."""
        if type(value) is not self._type:
            raise other_type(value, self._type.__name__)
        return each(self._inner.encode, value)

    def decode(self, stored: Any) -> Any:
        """Return the list or tuple."""
        items = each(self._inner.decode, listed(stored))
        return items if self._type is list else tuple(items)


class Places(Codec):
    """``tuple[A, B]``: a fixed number of values, each of its own type."""

    __slots__ = ("_inner",)
    kinds = frozenset({list})

    def __init__(self, inner: Sequence[Codec]) -> None:
        self._inner = tuple(inner)

    def encode(self, value: Any) -> Any:
        """Return a list."""
        if type(value) is not tuple:
            raise other_type(value, "tuple")
        return self._each(value, [codec.encode for codec in self._inner])

    def decode(self, stored: Any) -> Any:
        """Return the tuple."""
        return tuple(self._each(listed(stored), [codec.decode for codec in self._inner]))

    def _each(self, values: Sequence[Any], calls: Sequence[Callable[[Any], Any]]) -> list[Any]:
        if len(values) != len(calls):
            raise Refused(f"has {len(values)} items, not {len(calls)}")
        return [_at(index, call, item) for index, (call, item) in enumerate(zip(calls, values, strict=True))]


class Distinct(Codec):
    """``set[T]`` and ``frozenset[T]``, as a list in the order of the stored texts: the same set, the same content."""

    __slots__ = ("_inner", "_type")
    kinds = frozenset({list})

    def __init__(self, kind: Any, inner: Codec) -> None:
        self._type = kind
        self._inner = inner

    def encode(self, value: Any) -> Any:
        """Return a list."""
        if type(value) is not self._type:
            raise other_type(value, self._type.__name__)
        return sorted((self._inner.encode(item) for item in value), key=json.dumps)

    def decode(self, stored: Any) -> Any:
        """Return the set."""
        items = each(self._inner.decode, listed(stored))
        found = self._type(items)
        if len(found) != len(items):
            raise Refused("holds a value twice, as no set does")
        return found


class Pairs(Codec):
    """``dict[K, T]``, where K is stored as a text."""

    __slots__ = ("_inner", "_keys")
    kinds = frozenset({dict})

    def __init__(self, keys: Codec, inner: Codec) -> None:
        self._keys = keys
        self._inner = inner

    def encode(self, value: Any) -> Any:
        """Return an object."""
        if type(value) is not dict:
            raise other_type(value, "dict")
        return self._each(value, self._keys.encode, self._inner.encode)

    def decode(self, stored: Any) -> Any:
        """Return the dict."""
        if type(stored) is not dict:
            raise other_kind(stored, KINDS[dict])
        return self._each(stored, self._keys.decode, self._inner.decode)

    def _each(self, value: dict[Any, Any], key: Callable[[Any], Any], inner: Callable[[Any], Any]) -> dict[Any, Any]:
        found = {_key(name, key): _at(str(name), inner, item) for name, item in value.items()}
        if len(found) != len(value):
            raise Refused("has two keys that are the same")
        return found


class OneOf(Codec):
    """``A | B``: told apart by the kind of JSON value that each of them writes."""

    __slots__ = ("_by_kind", "_inner", "kinds")

    def __init__(self, inner: Iterable[Codec]) -> None:
        # A float takes whole numbers too, so it is asked last.
        self._inner = sorted(inner, key=lambda codec: float in codec.kinds)
        self._by_kind: dict[type, Codec] = {}
        for codec in self._inner:
            for kind in codec.kinds:
                if kind in self._by_kind:
                    raise TypeError(f"two of its types are stored as {KINDS[kind]} and could not be told apart")
                self._by_kind[kind] = codec
        self.kinds = frozenset(self._by_kind)

    def encode(self, value: Any) -> Any:
        """Return what the one that takes it makes of it."""
        refusals = []
        for codec in self._inner:
            try:
                return codec.encode(value)
            except Refused as refused:
                refusals.append(refused)
        # The one that came furthest into the value has the most to say.
        raise max(refusals, key=lambda refused: len(refused.steps))

    def decode(self, stored: Any) -> Any:
        """Return what the one makes of it that writes such values."""
        codec = self._by_kind.get(type(stored))
        if codec is None:
            raise other_kind(stored, " or ".join(KINDS[kind] for kind in KINDS if kind in self.kinds))
        return codec.decode(stored)


def each(call: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    """Return what ``call`` makes of the values; a refusal tells the index."""
    return [_at(index, call, item) for index, item in enumerate(values)]


def listed(stored: Any) -> list[Any]:
    """Return a stored list. Raise Refused for anything else."""
    if type(stored) is not list:
        raise other_kind(stored, KINDS[list])
    return stored


def _at(step: str | int, call: Callable[[Any], Any], value: Any) -> Any:
    try:
        return call(value)
    except Refused as refused:
        refused.steps.append(step)
        raise


def _key(key: Any, call: Callable[[Any], Any]) -> Any:
    try:
        return call(key)
    except Refused as refused:
        raise Refused(f"has the key {key!r:.50}, which {refused.reason}") from None
