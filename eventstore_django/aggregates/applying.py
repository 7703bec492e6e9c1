"""Which method of an aggregate takes which type of event into account: the decorator ``applies``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from ..encoding import JSONObject

Method = TypeVar("Method", bound=Callable[..., None])

_MARK = "_eventstore_applies"


class AppliedEvent(Protocol):
    """What an event is to the state: the same when it is raised and each time it is replayed.

    A ``RecordedEvent`` is one. What is known only after the append (position, id, metadata of the
    context) is not a part of it: state that went by it would differ.
    """

    @property
    def event_type(self) -> str:
        """What happened."""

    @property
    def payload(self) -> JSONObject:
        """The details, as they come out of the store: a Decimal is its text here, always."""

    @property
    def event_version(self) -> int:
        """Place in the stream, from 1 on."""

    @property
    def occurred_at(self) -> datetime:
        """When it happened."""


@dataclass(frozen=True, slots=True)
class RaisedEvent:
    """An event that an aggregate has raised and that is not stored yet."""

    event_type: str
    payload: JSONObject
    event_version: int
    occurred_at: datetime


def applies(*event_types: str) -> Callable[[Method], Method]:
    """Mark the method of an aggregate that takes events of these types into account.

    It is called with the event (``AppliedEvent``) when one is raised and when one is replayed. It only
    sets attributes: what may be refused is decided before an event is raised.
    """
    if not event_types or not all(isinstance(event_type, str) and event_type for event_type in event_types):
        raise TypeError('applies() takes the names of event types: @applies("MoneyDeposited").')

    def mark(method: Method) -> Method:
        setattr(method, _MARK, (*getattr(method, _MARK, ()), *event_types))
        return method

    return mark


def methods_of(kind: type) -> dict[str, str]:
    """Return the name of the method for each event type, inherited ones included.

    Raise TypeError if two methods of one class take the same type.
    """
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        own: dict[str, str] = {}
        for name, member in vars(base).items():
            for event_type in _event_types(member):
                if own.setdefault(event_type, name) != name:
                    raise TypeError(f"{base.__name__}: {own[event_type]} and {name} both apply {event_type!r}.")
        found |= own
    return found


def _event_types(member: Any) -> tuple[str, ...]:
    marked = getattr(member, _MARK, ()) if callable(member) else ()
    return marked if isinstance(marked, tuple) else ()
