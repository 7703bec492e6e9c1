"""The decorators: ``register_event`` for classes, ``upcaster`` for functions."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from .limits import is_schema_version, name_fault
from .registry import EventType, Upcast, Upcaster, path_of, registry
from .structs import is_model

Class = TypeVar("Class", bound=type)
Function = TypeVar("Function", bound=Upcast)


def register_event(name: str, *, version: int = 1) -> Callable[[Class], Class]:
    """Let a dataclass or pydantic model stand for the events of a name.

    ``append`` then takes its instances, and ``RecordedEvent.typed`` gives them back. Put it above
    ``@dataclass``.

    ``version``
        of the shape that the class has now, from 1 on; stored with each event. Raise it when events
        that are stored no longer fit, and declare an ``upcaster`` from the version before.

    Raise TypeError for a class with a field that would not come back as it went in, ValueError for a
    name or version that can't be stored. A type that is named but not there yet is looked for later.
    """
    _check(name, version)

    def declare(kind: Class) -> Class:
        if not (isinstance(kind, type) and (dataclasses.is_dataclass(kind) or is_model(kind))):
            raise TypeError(
                f"event type {name!r}: {path_of(kind)} is neither a dataclass nor a pydantic model. Does "
                "@register_event stand above @dataclass?"
            )
        # Where the class was made inside of a function its hints may name what stands beside it there.
        declared = EventType(name, version, kind, sys._getframe(1).f_locals if "<locals>" in kind.__qualname__ else {})
        with suppress(NameError):
            _ = _codec(declared)
        registry.add(declared)
        return kind

    return declare


def upcaster(name: str, *, from_version: int) -> Callable[[Function], Function]:
    """Declare how payloads of one version become those of the next.

    The function takes a payload as it was stored or as the upcaster before it left it, a copy that it
    may change, and returns the payload as ``from_version + 1`` has it. The stored event stays as it is.

    Raise ValueError for a name or version that no event can have.
    """
    _check(name, from_version)

    def declare(function: Function) -> Function:
        if not callable(function) or inspect.iscoroutinefunction(function):
            raise TypeError(f"the upcaster of {name!r} from version {from_version} must be a plain function.")
        registry.add_upcaster(Upcaster(name, from_version, function))
        return function

    return declare


def _codec(declared: EventType) -> Any:
    try:
        return declared.codec
    except TypeError as error:
        raise TypeError(f"event type {declared.name!r}: {error}.") from None


def _check(name: object, version: object) -> None:
    if not isinstance(name, str) or (fault := name_fault(name)):
        reason = fault if isinstance(name, str) else "is no text"
        raise ValueError(f"event type {name!r:.120} {reason}.")
    if not is_schema_version(version):
        raise ValueError(f"event type {name!r}: a version is a whole number from 1 on, not {version!r}.")
