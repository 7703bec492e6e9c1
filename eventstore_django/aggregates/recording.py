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

_CONSTANT = frozenset({"id", "aggregate_type", "__class__"})
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
        object.__setattr__(self._aggregate, "__class__", self._kind)  # not as the block would set it
        del vars(self._aggregate)[_RECORDER]

    def repeat(self, aggregate: Aggregate) -> None:
        """Make the same calls on another aggregate."""
        for call in self.calls:
            getattr(aggregate, call.method)(*call.args, **call.kwargs)

    def seen(self, name: str) -> Any:
        """Return an attribute that somebody asks for; note it, if it is the block."""
        try:
            value = self._got(name)
        except AttributeError:
            self.learned()
            raise
        if self._depth or name in _CONSTANT:
            return value
        if isinstance(value, MethodType) and value.__self__ is self._aggregate:
            return self._noting(name, value)
        self.learned()
        return value

    def learned(self) -> None:
        """Note that the block has learned something, unless it is a method of the aggregate that did."""
        self.has_learned |= not self._depth

    def _got(self, name: str) -> Any:
        self._depth += 1  # what a property reads is not read by the block
        try:
            return self._kind.__getattribute__(self._aggregate, name)
        finally:
            self._depth -= 1

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
        recorder: Recorder | None = object.__getattribute__(self, "__dict__").get(_RECORDER)
        return kind.__getattribute__(self, name) if recorder is None else recorder.seen(name)

    def __setattr__(self: Aggregate, name: str, value: Any) -> None:
        # What the block puts there itself is in no call: without it the calls would decide on something else.
        object.__getattribute__(self, "__dict__")[_RECORDER].learned()
        kind.__setattr__(self, name, value)

    body: dict[str, Any] = {
        "__getattribute__": __getattribute__,
        "__setattr__": __setattr__,
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "aggregate_type": kind.aggregate_type,
    }
    return type(kind)(kind.__name__, (kind,), body, registered=False)
