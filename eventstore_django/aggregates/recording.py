"""What a block of code does with an aggregate: which methods it calls, and whether it learns anything from it.

A ``with`` block can't be run again. But if all it did was to call methods of the aggregate that
returned nothing and raised nothing, those calls are its whole decision, and they can be made again on
another state. If it has read anything (an attribute, a result, an exception), what it did next may follow
from that, and nobody can repeat it but its author.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from types import MethodType
from typing import Any, NamedTuple

from .aggregate import Aggregate

_CONSTANT = frozenset({"id", "aggregate_type", "__class__", "__dict__", "__init__"})
_RECORDER = "_eventstore_recorder"


class Call(NamedTuple):
    """A call of a method."""

    method: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Recorder:
    """Watches one aggregate until ``stop``."""

    def __init__(self, aggregate: Aggregate) -> None:
        self.calls: list[Call] = []
        self.has_learned = False
        self._aggregate = aggregate
        self._kind = _kind_of(aggregate)
        self._depth = 0
        vars(aggregate)[_RECORDER] = self
        aggregate.__class__ = _watched(self._kind)

    def stop(self) -> None:
        """Let the aggregate be what it was."""
        self._aggregate.__class__ = self._kind
        vars(self._aggregate).pop(_RECORDER, None)

    def repeat(self, aggregate: Aggregate) -> None:
        """Make the same calls on another aggregate."""
        for call in self.calls:
            getattr(aggregate, call.method)(*call.args, **call.kwargs)

    def seen(self, name: str, value: Any) -> Any:
        """Note that the block asks for an attribute; return what it gets."""
        if self._depth or name in _CONSTANT:
            return value
        if isinstance(value, MethodType) and value.__self__ is self._aggregate:
            return self._noting(name, value)
        self.has_learned = True
        return value

    def _noting(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def noting(*args: Any, **kwargs: Any) -> Any:
            self.calls.append(Call(name, args, kwargs))
            self._depth += 1
            try:
                result = method(*args, **kwargs)
            except BaseException:
                self.has_learned = True
                raise
            finally:
                self._depth -= 1
            self.has_learned |= result is not None
            return result

        return noting


def _kind_of(aggregate: Aggregate) -> Any:
    return type(aggregate)


@cache
def _watched(kind: Any) -> Any:
    """Return a class like this one whose instances tell their recorder what is asked of them."""

    def __getattribute__(self: Aggregate, name: str) -> Any:  # it becomes that method
        value = object.__getattribute__(self, name)
        recorder: Recorder | None = object.__getattribute__(self, "__dict__").get(_RECORDER)
        return value if recorder is None else recorder.seen(name, value)

    body: dict[str, Any] = {
        "__getattribute__": __getattribute__,
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "aggregate_type": kind.aggregate_type,
    }
    return type(kind)(kind.__name__, (kind,), body, registered=False)
