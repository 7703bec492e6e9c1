"""What tests of ``store.subscribe`` need: a handler that can be waited for, and subscriptions that are ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Condition, Event
from time import monotonic
from typing import Any

from eventstore_django import EventStore, EventSubscription, RecordedEvent
from eventstore_django.backends.listening import APPENDED
from tests.concurrency.sessions import DEADLINE, execute, rows

_LOOK_AGAIN = 0.01
_HAS_LOOKED = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND state = 'idle' AND query LIKE '%eventstore_watermark_v1%'"
)


class Seen:
    """A handler that keeps what it is given, and does what the test wants with it first."""

    def __init__(self, first: Callable[[RecordedEvent], object] = lambda event: None) -> None:
        self._first = first
        self._changed = Condition()
        self.events: list[RecordedEvent] = []

    def __call__(self, event: RecordedEvent) -> None:
        self._first(event)
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, count: int) -> list[RecordedEvent]:
        """Wait until there are so many events; return them."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.events) >= count, DEADLINE), f"only {self.events}"
            return list(self.events)


class Gate:
    """Holds a handler up at one event until the test lets it go on."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._come, self._open = Event(), Event()

    def __call__(self, event: RecordedEvent) -> None:
        if event.event_version == self._number:
            self._come.set()
            assert self._open.wait(DEADLINE), "the gate stayed shut"

    def wait(self) -> None:
        """Wait until the handler has come to the event."""
        assert self._come.wait(DEADLINE), "the handler did not come here"

    def open(self) -> None:
        """Let it go on."""
        self._open.set()


class Following:
    """Starts subscriptions; ends those that a test left running."""

    def __init__(self) -> None:
        self._started: list[EventSubscription] = []

    def start(
        self, handler: Callable[[RecordedEvent], Any], from_position: int = 1, using: str = "default", **wanted: Any
    ) -> EventSubscription:
        """Follow the log."""
        subscription = EventStore(using).subscribe(from_position, handler, **wanted)
        self._started.append(subscription)
        return subscription

    def close(self) -> None:
        """End what still runs."""
        for subscription in self._started:
            subscription.stop()
        # Some wait for a notification, for longer than a test may take.
        execute(f"NOTIFY {APPENDED}")
        for subscription in self._started:
            subscription.join(DEADLINE)
        assert not any(subscription.is_running for subscription in self._started)


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is the case that another thread brings about."""
    end = monotonic() + DEADLINE
    while not condition():
        assert monotonic() < end, "it did not come about"
        Event().wait(_LOOK_AGAIN)


def waiting_pid() -> int:
    """Wait until a subscription has looked for new events and found none; return its process in the server.

    It must have been begun behind the end of the log: it has no other reason to look again soon then.
    """
    until(lambda: bool(rows(_HAS_LOOKED)))
    pid: int = rows(_HAS_LOOKED)[0][0]
    return pid


def versions(found: Iterable[RecordedEvent]) -> list[int]:
    """Return the numbers of events in their stream."""
    return [event.event_version for event in found]
