"""What callers may append: ``NewEvent``, or an instance of a registered event type."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, TypeAlias

from .events import NewEvent
from .eventtypes.conversion import type_of


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


class _Model(Protocol):
    @property
    def model_fields_set(self) -> set[str]: ...


EventLike: TypeAlias = NewEvent | _Dataclass | _Model
"""A NewEvent, or an instance of a dataclass or pydantic model that is registered as an event type."""


def as_new_event(event: EventLike) -> NewEvent:
    """Return the event, or a new one for an instance of a registered class. Raise InvalidEvent for anything else.

    An instance has no id: each call makes another event of it.
    """
    return event if isinstance(event, NewEvent) else NewEvent.of(event)


def is_registered(value: object) -> bool:
    """Whether the class of a value stands for events."""
    return type_of(value) is not None
