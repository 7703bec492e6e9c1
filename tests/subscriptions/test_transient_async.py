"""``store.asubscribe``: following the log with an async handler, on the event loop of the caller."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from eventstore_django import EventStore, EventSubscription, RecordedEvent, SubscriptionError
from tests.concurrency.material import event, events
from tests.concurrency.sessions import DEADLINE

from .following import versions

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "sqlite"])

on_both = pytest.mark.parametrize("using", ["default", "sqlite"])


class _Seen:
    """An async handler that keeps what it is given."""

    def __init__(self) -> None:
        self.events: list[RecordedEvent] = []
        self._changed = asyncio.Condition()

    async def __call__(self, event: RecordedEvent) -> None:
        async with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    async def wait_for(self, count: int) -> list[RecordedEvent]:
        """Wait until there are so many events; return them."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: len(self.events) >= count), DEADLINE)
        return self.events


@pytest.fixture
def store(settings: Any) -> EventStore:
    settings.EVENTSTORE = {"POLL_INTERVAL": 0.05}
    return EventStore("default")


@pytest.fixture
def run(store: EventStore) -> Callable[[Callable[[], Awaitable[None]]], None]:
    """Run a test's coroutine on a loop whose database calls are made in the thread of the test."""
    return lambda main: async_to_sync(main)()


async def _fail(found: RecordedEvent) -> None:
    if found.event_version == 3:
        raise ValueError("no third")


@on_both
def test_it_begins_with_the_event_at_the_position(using: str, run: Any) -> None:
    stored = EventStore(using).append("Account-1", events(5)).events

    async def main() -> None:
        seen = _Seen()
        async with await EventStore(using).asubscribe(stored[2].position, seen):
            assert await seen.wait_for(3) == list(stored[2:])

    run(main)


def test_it_goes_on_with_new_events(store: EventStore, run: Any) -> None:
    async def main() -> None:
        seen = _Seen()
        async with await store.asubscribe(1, seen) as subscription:
            for number in range(1, 4):
                await store.aappend("Account-1", [event()])
                assert versions(await seen.wait_for(number)) == [*range(1, number + 1)]
            assert subscription.is_running

    run(main)


def test_the_handler_runs_on_the_loop_of_the_caller(store: EventStore, run: Any) -> None:
    store.append("Account-1", [event()])

    async def main() -> None:
        found: list[tuple[Any, int]] = []
        seen = _Seen()

        async def handle(given: RecordedEvent) -> None:
            found.append((asyncio.get_running_loop(), threading.get_ident()))
            await seen(given)

        async with await store.asubscribe(1, handle):
            await seen.wait_for(1)
        assert found == [(asyncio.get_running_loop(), threading.get_ident())]

    run(main)


def test_the_handler_is_given_one_event_after_the_other(store: EventStore, run: Any) -> None:
    store.append("Account-1", events(5))

    async def main() -> None:
        seen = _Seen()
        inside: list[int] = []

        async def handle(given: RecordedEvent) -> None:
            inside.append(given.event_version)
            for _ in range(5):
                await asyncio.sleep(0)
            assert inside == [given.event_version]
            inside.clear()
            await seen(given)

        async with await store.asubscribe(1, handle):
            assert versions(await seen.wait_for(5)) == [1, 2, 3, 4, 5]

    run(main)


def test_only_the_wanted_events_are_handled(store: EventStore, run: Any) -> None:
    for stream in ("Account-1", "Order-1", "t-1/Account/1", "Account-2"):
        store.append(stream, [event("Opened"), event("Closed")])

    async def main() -> None:
        seen = _Seen()
        wanted = {"categories": ["Account"], "event_types": ["Closed"]}
        async with await store.asubscribe(1, seen, **wanted):
            found = await seen.wait_for(3)
            assert [given.stream_id for given in found] == ["Account-1", "t-1/Account/1", "Account-2"]
        seen = _Seen()
        async with await store.asubscribe(1, seen, partitions=["t-1"]):
            assert versions(await seen.wait_for(2)) == [1, 2]

    run(main)


def test_its_block_waits_for_the_handler_without_holding_the_loop_up(store: EventStore, run: Any) -> None:
    store.append("Account-1", events(3))

    async def main() -> None:
        begun = asyncio.Event()
        done: list[int] = []

        async def handle(given: RecordedEvent) -> None:
            begun.set()
            # It takes a few turns of the loop, while the block waits for the end.
            for _ in range(20):
                await asyncio.sleep(0.001)
            done.append(given.event_version)

        async with await store.asubscribe(1, handle) as subscription:
            await asyncio.wait_for(begun.wait(), DEADLINE)
        assert done == [1]
        assert not subscription.is_running

    run(main)


def test_its_end_can_be_waited_for(store: EventStore, run: Any) -> None:
    stored = store.append("Account-1", events(5)).events

    async def main() -> None:
        subscription = await store.asubscribe(1, _fail)
        await subscription.ajoin(DEADLINE)
        assert not subscription.is_running
        assert isinstance(subscription.error, ValueError)
        assert subscription.position == stored[1].position

    run(main)


def test_waiting_for_its_end_can_have_an_end_of_its_own(store: EventStore, run: Any) -> None:
    async def main() -> None:
        async with await store.asubscribe(1, _Seen()) as subscription:
            await subscription.ajoin(0)
            assert subscription.is_running

    run(main)


def test_its_block_raises_what_the_handler_raised(store: EventStore, run: Any) -> None:
    store.append("Account-1", events(3))

    async def main() -> None:
        async with await store.asubscribe(1, _fail) as subscription:
            await subscription.ajoin(DEADLINE)

    with pytest.raises(SubscriptionError) as caught:
        run(main)
    assert isinstance(caught.value.__cause__, ValueError)


def test_its_block_hides_no_other_error(store: EventStore, run: Any) -> None:
    store.append("Account-1", events(3))

    async def main() -> None:
        async with await store.asubscribe(1, _fail) as subscription:
            await subscription.ajoin(DEADLINE)
            raise KeyError

    with pytest.raises(KeyError):
        run(main)


def test_it_ends_when_the_loop_of_its_handler_has_ended(store: EventStore, run: Any) -> None:
    started: list[EventSubscription] = []
    made: list[Coroutine[Any, Any, None]] = []

    def handle(given: RecordedEvent) -> Coroutine[Any, Any, None]:
        made.append(_fail(given))
        return made[-1]

    async def main() -> None:
        started.append(await store.asubscribe(1, handle))

    run(main)
    store.append("Account-1", [event()])
    (subscription,) = started
    subscription.join(DEADLINE)
    assert not subscription.is_running
    assert isinstance(subscription.error, RuntimeError)
    made[0].close()


def test_a_position_below_0_is_refused(store: EventStore, run: Any) -> None:
    async def main() -> None:
        await store.asubscribe(-1, _Seen())

    with pytest.raises(ValueError, match="from_position"):
        run(main)
