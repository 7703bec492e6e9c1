"""What a handler can ask about the event at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ..exceptions import SubscriptionError


@dataclass(frozen=True, slots=True)
class EventContext:
    """How an event reached its handler."""

    subscription: str
    version: int
    """Version of the subscription: 1, and one more with each rebuild. Name tables or rows of a read
    model after it to build the new one beside the one in use."""
    shard: int
    attempt: int
    """1 for the first time; more after a failure."""
    is_replay: bool
    """Whether this event was handled before by an earlier version: leave out e-mails and the like."""


_current: ContextVar[EventContext | None] = ContextVar("eventstore_event_context", default=None)


def event_context() -> EventContext:
    """Return how the event at hand reached the handler. Raise SubscriptionError outside of a handler."""
    context = _current.get()
    if context is None:
        raise SubscriptionError("event_context() is known only inside of a subscription's handler.")
    return context


@contextmanager
def handling(context: EventContext) -> Iterator[None]:
    """Make ``context`` the answer of ``event_context()`` inside the block."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)
