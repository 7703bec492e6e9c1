"""One call of a handler, watched over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connections

from ..backends import backend_for
from ..events import RecordedEvent
from ..exceptions import ConnectionLost, SubscriptionError
from ..subscriptions.context import EventContext
from .shards import OwnedShard
from .subscribers import Subscriber
from .transactions import limited
from .watching import Watch

BATCH_SECONDS = 1.0
"""A transaction ends after the event that was at hand then: long ones hold locks and delay vacuum."""


class Caller:
    """Calls the handlers of subscriptions in this worker."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def call(
        self,
        subscriber: Subscriber,
        shard: OwnedShard,
        event: RecordedEvent,
        attempt: int,
        *,
        is_replay: bool = False,
    ) -> None:
        """Hand one event to the handler; raise what it raises."""
        with self._watch.over(f"{shard}: the handler of the event at {event.position}", subscriber.time_limit):
            subscriber.handler.handle(event, _context(shard, attempt, is_replay=is_replay or shard.is_replay))

    def call_together(self, subscriber: Subscriber, shard: OwnedShard, events: Sequence[RecordedEvent]) -> None:
        """Hand a list of events to a handler that takes lists."""
        if not events:
            return
        what = f"{shard}: the handler of {len(events)} events from {events[0].position} on"
        with self._watch.over(what, subscriber.time_limit):
            subscriber.handler.handle_batch(events, _context(shard, 1, is_replay=shard.is_replay))


def _context(shard: OwnedShard, attempt: int, *, is_replay: bool) -> EventContext:
    return EventContext(shard.subscription, shard.version, shard.number, attempt, is_replay)


def refuse_manual_commits(alias: str) -> None:
    """Raise SubscriptionError for a connection on which nothing would ever be committed."""
    if not connections[alias].settings_dict["AUTOCOMMIT"]:
        raise SubscriptionError(f"Subscriptions need autocommit, and DATABASES[{alias!r}] has AUTOCOMMIT off.")


@contextmanager
def limited_transaction(alias: str, subscriber: Subscriber) -> Iterator[None]:
    """Open the transaction of a handler, which the database ends if this process stands still in it."""
    backend = backend_for(alias)
    backend.connection.ensure_connection()
    driver = backend.connection.connection
    try:
        # No longer than a handler may take: whoever takes over may have to wait for these locks.
        with limited(alias, subscriber.time_limit):
            yield
    except Exception as error:
        # Django has opened another connection by now: whatever the handler ran into, it was not its fault.
        if backend.connection.connection is not driver:
            raise ConnectionLost(f"The connection to database {alias!r} broke while an event was handled.") from error
        raise
