"""The event types and upcasters that were declared in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from ..encoding import JSONObject
from .hints import Resolver
from .structs import Model, Struct

Upcast: TypeAlias = Callable[[JSONObject], JSONObject]


class EventType:
    """A class that stands for the events of a name, as they are from a version on."""

    def __init__(self, name: str, version: int, kind: type, names: Mapping[str, Any]) -> None:
        self.name = name
        self.version = version
        self.kind = kind
        self._names = names

    def __repr__(self) -> str:
        return f"EventType({self.name!r}, version={self.version}, {self.path})"

    @property
    def path(self) -> str:
        """Where the class stands in the code."""
        return path_of(self.kind)

    @cached_property
    def codec(self) -> Struct | Model:
        """Made when it is first asked for: a class may name others that come after it in its module.

        Raise TypeError or NameError for hints that make none.
        """
        return Resolver(self.kind.__module__, self._names).codec_of_class(self.kind)


@dataclass(frozen=True, slots=True)
class Upcaster:
    """A function that takes payloads of one version to the next."""

    name: str
    from_version: int
    upcast: Upcast

    @property
    def path(self) -> str:
        """Where the function stands, with its line: many of one name, often ``_``, may stand in a module."""
        line = getattr(getattr(self.upcast, "__code__", None), "co_firstlineno", None)
        return f"{path_of(self.upcast)}:{line}" if line else path_of(self.upcast)


@dataclass(frozen=True, slots=True)
class Chain:
    """The way of a type's payloads to their newest version."""

    target: int
    steps: dict[int, Upcast] = field(default_factory=dict)


class Registry:
    """What was declared, in order. What contradicts itself is kept: checks tell of it."""

    def __init__(self) -> None:
        self._types: list[EventType] = []
        self._upcasters: list[Upcaster] = []
        self.by_name: dict[str, EventType] = {}
        self.by_class: dict[type, EventType] = {}
        self.chains: dict[str, Chain] = {}
        """By name, for types that have older versions only: reading asks here first."""

    def add(self, declared: EventType) -> None:
        """Note a type; one of the same class (a module that was loaded anew) takes its place."""
        same = (declared.name, declared.path)
        self._types = [known for known in self._types if (known.name, known.path) != same]
        self._types.append(declared)
        self._index()

    def add_upcaster(self, declared: Upcaster) -> None:
        """Note an upcaster; one of the same function takes its place."""
        same = _identity(declared)
        self._upcasters = [known for known in self._upcasters if _identity(known) != same]
        self._upcasters.append(declared)
        self._index()

    def remove(self, kind: type) -> None:
        """Forget a class: for tests that declare their own."""
        self._types = [known for known in self._types if known.kind is not kind]
        self._index()

    @property
    def types(self) -> tuple[EventType, ...]:
        """Return all types, those of one name too."""
        return tuple(self._types)

    @property
    def upcasters(self) -> tuple[Upcaster, ...]:
        """Return all upcasters, those of one version too."""
        return tuple(self._upcasters)

    @contextmanager
    def kept(self, *, empty: bool = False) -> Iterator[None]:
        """Restore at the end of the block what is declared now; begin it with nothing if ``empty``."""
        before = self._types, self._upcasters
        if empty:
            self._types, self._upcasters = [], []
            self._index()
        try:
            yield
        finally:
            self._types, self._upcasters = before
            self._index()

    def _index(self) -> None:
        self.by_name = {declared.name: declared for declared in self._types}
        self.by_class = {declared.kind: declared for declared in self._types}
        chains = {name: Chain(declared.version) for name, declared in self.by_name.items() if declared.version > 1}
        for declared in self._upcasters:
            if declared.name not in self.by_name:
                # Without a class the newest version is where the last step leads.
                known = chains.get(declared.name, Chain(1))
                target = max(known.target, declared.from_version + 1)
                chains[declared.name] = Chain(target, known.steps)
            if declared.name in chains:
                chains[declared.name].steps[declared.from_version] = declared.upcast
        self.chains = chains


registry = Registry()
"""What ``@register_event`` and ``@upcaster`` have noted in this process."""


def path_of(declared: Any) -> str:
    """Return where a class or function stands in the code."""
    qualname = getattr(declared, "__qualname__", type(declared).__qualname__)
    return f"{getattr(declared, '__module__', '?')}.{qualname}"


def _identity(declared: Upcaster) -> tuple[str, int, str]:
    return declared.name, declared.from_version, declared.path
