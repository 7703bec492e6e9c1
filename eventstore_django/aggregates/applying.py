"""Which method of an aggregate takes which type of event into account: the decorator ``applies``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from ..encoding import JSONObject
from ..eventtypes.registry import registry

Method = TypeVar("Method", bound=Callable[..., None])

_MARK = "_eventstore_applies"


class AppliedEvent(Protocol):
    """What an event is to the state: the same when it is raised and each time it is replayed.

    A ``RecordedEvent`` is one. What is known only after the append (position, metadata of the context)
    is not a part of it: state that went by it would differ.
    """

    @property
    def event_type(self) -> str:
        """What happened."""

    @property
    def payload(self) -> JSONObject:
        """The details, as they come out of the store: a Decimal is its text here, always."""

    @property
    def typed(self) -> Any:
        """The instance of the class that is registered for the type; UnknownEventType if none is."""

    @property
    def event_version(self) -> int:
        """Place in the stream, from 1 on."""

    @property
    def occurred_at(self) -> datetime:
        """When it happened."""


class Handler(NamedTuple):
    """The method that takes a type of event into account."""

    method: str
    is_typed: bool
    """Whether it takes the instance of the registered class in place of the event."""

    def __call__(self, aggregate: object, event: AppliedEvent) -> None:
        """Let the aggregate take an event into account."""
        getattr(aggregate, self.method)(event.typed if self.is_typed else event)


def applies(*event_types: str | type) -> Callable[[Method], Method]:
    """Mark the method of an aggregate that takes events of these types into account.

    Under the name of a type it is called with the event (``AppliedEvent``); under a registered class with
    the instance. It is called when an event is raised and when one is replayed, and only sets
    attributes: what may be refused is decided before an event is raised.
    """
    if not event_types or not all(isinstance(wanted, str | type) and wanted for wanted in event_types):
        raise TypeError('applies() takes names of event types, or registered classes: @applies("MoneyDeposited").')

    def mark(method: Method) -> Method:
        setattr(method, _MARK, (*getattr(method, _MARK, ()), *event_types))
        return method

    return mark


def handlers_of(kind: type) -> dict[str, Handler]:
    """Return what handles each event type, by its name, inherited methods included.

    Raise TypeError if two methods of one class take the same type, or a class is not registered.
    """
    found: dict[str, Handler] = {}
    for base in reversed(kind.__mro__):
        own: dict[str, Handler] = {}
        for name, member in vars(base).items():
            for wanted in _wanted(member):
                event_type, is_typed = _named(wanted)
                if own.setdefault(event_type, Handler(name, is_typed)).method != name:
                    raise TypeError(f"{base.__name__}: {own[event_type].method} and {name} both apply {event_type!r}.")
        found |= own
    return found


def _wanted(member: Any) -> tuple[str | type, ...]:
    marked = getattr(member, _MARK, ()) if callable(member) else ()
    return marked if isinstance(marked, tuple) else ()


def _named(wanted: str | type) -> tuple[str, bool]:
    if isinstance(wanted, str):
        return wanted, False
    declared = registry.by_class.get(wanted)
    if declared is None:
        raise TypeError(f"{wanted.__qualname__} is not registered as an event type: decorate it with @register_event.")
    return declared.name, True
