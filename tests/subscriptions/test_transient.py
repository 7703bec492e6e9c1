"""``store.subscribe``: following the log in a thread, remembered nowhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import OperationalError

from eventstore_django import AppendOperation, EventStore, EventSubscription, RecordedEvent, SubscriptionError
from tests.concurrency.material import event, events
from tests.concurrency.sessions import DEADLINE, rows, value

from .following import Following, Gate, Seen, until, versions, waiting_pid

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "sqlite"])

on_both = pytest.mark.parametrize("using", ["default", "sqlite"])

NEVER = 3600
"""Seconds between looks that no test waits for."""


@pytest.fixture
def following(transactional_db: None) -> Iterator[Following]:
    with closing(Following()) as following:
        yield following


@pytest.fixture
def store(settings: Any) -> EventStore:
    settings.EVENTSTORE = {"POLL_INTERVAL": 0.05}
    return EventStore("default")


def _refuse(message: str) -> Any:
    def refuse(event: RecordedEvent) -> None:
        if event.event_version == 3:
            raise ValueError(message)

    return refuse


# Which events


@on_both
def test_it_begins_with_the_event_at_the_position(using: str, following: Following) -> None:
    stored = EventStore(using).append("Account-1", events(5)).events
    seen = Seen()
    following.start(seen, stored[2].position, using)
    assert seen.wait_for(3) == list(stored[2:])


def test_it_begins_behind_the_end_of_the_log(store: EventStore, following: Following) -> None:
    seen = Seen()
    following.start(seen, store.append("Account-1", events(2)).events[-1].position + 1)
    store.append("Account-1", [event()])
    assert versions(seen.wait_for(1)) == [3]


def test_it_goes_on_with_new_events(store: EventStore, following: Following) -> None:
    store.append("Account-1", events(2))
    seen = Seen()
    following.start(seen)
    seen.wait_for(2)
    for number in range(3, 6):
        store.append("Account-1", [event()])
        assert versions(seen.wait_for(number)) == [*range(1, number + 1)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_it_reads_page_after_page(size: int, store: EventStore, following: Following, settings: Any) -> None:
    settings.EVENTSTORE = {"SUBSCRIPTION_BATCH_SIZE": size, "POLL_INTERVAL": NEVER, "NOTIFICATIONS": False}
    store.append("Account-1", events(7))
    seen = Seen(Gate(8))
    subscription = following.start(seen)
    assert versions(seen.wait_for(7)) == [*range(1, 8)]
    until(lambda: subscription.position == store.head_position())


@on_both
def test_events_that_the_handler_appends_are_handled_too(using: str, following: Following, settings: Any) -> None:
    settings.EVENTSTORE = {"POLL_INTERVAL": 0.01}
    EventStore(using).append("Account-1", [event()])

    def go_on(found: RecordedEvent) -> None:
        if found.event_version < 4:
            EventStore(using).append("Account-1", [event()])

    seen = Seen(go_on)
    following.start(seen, using=using)
    assert versions(seen.wait_for(4)) == [1, 2, 3, 4]


@on_both
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"categories": ["Account"]}, ["Account-1", "t-1/Account/1", "Account-1"]),
        ({"categories": ["Order", "User"]}, ["Order-1", "t-2/User/1"]),
        ({"event_types": ["Closed"]}, ["t-2/User/1", "Account-1"]),
        ({"partitions": ["t-1", "t-2"]}, ["t-1/Account/1", "t-2/User/1"]),
        ({"partitions": ["t-2"], "event_types": ["Closed"], "categories": ["User"]}, ["t-2/User/1"]),
        ({"categories": ["User"], "event_types": ["Opened"]}, []),
    ],
    ids=repr,
)
def test_only_the_wanted_events_are_handled(
    wanted: dict[str, Any], expected: list[str], using: str, following: Following
) -> None:
    store = EventStore(using)
    kinds = {"Account-1": "Opened", "t-1/Account/1": "Opened", "Order-1": "Opened", "t-2/User/1": "Closed"}
    store.append_batch([AppendOperation(stream, [event(kind)]) for stream, kind in kinds.items()])
    end = store.append_batch([AppendOperation("Account-1", [event("Closed")]), AppendOperation("Last", [event()])])
    seen = Seen()
    subscription = following.start(seen, using=using, **wanted)
    until(lambda: subscription.position == end[-1].events[-1].position)
    assert [found.stream_id for found in seen.events] == expected


@on_both
def test_position_0_is_the_beginning(using: str, following: Following) -> None:
    stored = EventStore(using).append("Account-1", events(2)).events
    seen = Seen()
    following.start(seen, 0, using)
    assert seen.wait_for(2) == list(stored)


def test_a_position_below_0_is_refused(store: EventStore) -> None:
    with pytest.raises(ValueError, match="from_position"):
        store.subscribe(-1, Seen())


def test_a_filter_that_makes_no_sense_is_refused(store: EventStore) -> None:
    threads = threading.active_count()
    with pytest.raises(ValueError, match="categories"):
        store.subscribe(1, Seen(), categories="Account")
    assert threading.active_count() == threads


# How it hears of them


def test_a_hint_wakes_it_up(store: EventStore, following: Following, settings: Any) -> None:
    settings.EVENTSTORE = {"POLL_INTERVAL": NEVER}
    seen = Seen()
    subscription = following.start(seen, store.head_position() + 1)
    waiting_pid()
    store.append("Account-1", [event()])
    assert versions(seen.wait_for(1)) == [1]
    subscription.stop()
    store.append("Account-1", [event()])


def test_without_notifications_it_looks_by_itself(store: EventStore, following: Following, settings: Any) -> None:
    settings.EVENTSTORE = {"NOTIFICATIONS": False, "POLL_INTERVAL": 0.01}
    channels: list[Any] = []
    seen = Seen(lambda found: channels.extend(rows("SELECT pg_listening_channels()")))
    following.start(seen)
    for number in range(1, 4):
        store.append("Account-1", [event()])
        seen.wait_for(number)
    assert channels == []


# Its end


def test_while_it_follows_it_is_running(store: EventStore, following: Following) -> None:
    gate = Gate(1)
    subscription = following.start(Seen(gate))
    store.append("Account-1", [event()])
    gate.wait()
    subscription.join(0)
    assert subscription.is_running
    gate.open()


@on_both
def test_stop_ends_it_after_the_event_at_hand(using: str, following: Following) -> None:
    stored = EventStore(using).append("Account-1", events(5)).events
    gate = Gate(2)
    seen = Seen(gate)
    subscription = following.start(seen, using=using)
    gate.wait()
    subscription.stop()
    gate.open()
    subscription.join(DEADLINE)
    assert versions(seen.events) == [1, 2]
    assert (subscription.position, subscription.is_running, subscription.error) == (stored[1].position, False, None)


def test_it_can_be_stopped_by_its_handler(store: EventStore) -> None:
    store.append("Account-1", events(3))
    subscriptions: list[EventSubscription] = []

    def stop(found: RecordedEvent) -> None:
        started.wait(DEADLINE)
        subscriptions[0].stop()
        subscriptions[0].join()

    started = threading.Event()
    seen = Seen(stop)
    subscriptions.append(store.subscribe(1, seen))
    started.set()
    subscriptions[0].join(DEADLINE)
    assert versions(seen.events) == [1]


def test_stop_ends_its_wait(store: EventStore, following: Following, settings: Any) -> None:
    settings.EVENTSTORE = {"POLL_INTERVAL": NEVER}
    subscription = following.start(Seen(), store.head_position() + 1)
    waiting_pid()
    subscription.stop()
    subscription.join(2)
    was_running = subscription.is_running
    store.append("Account-1", [event()])
    assert not was_running


def test_without_notifications_stop_ends_its_wait(store: EventStore, following: Following, settings: Any) -> None:
    settings.EVENTSTORE = {"POLL_INTERVAL": NEVER, "NOTIFICATIONS": False}
    store.append("Account-1", [event()])
    subscription = following.start(Seen())
    until(lambda: subscription.position == store.head_position())
    subscription.stop()
    subscription.join(DEADLINE)
    assert not subscription.is_running


@on_both
def test_it_ends_with_its_block(using: str, settings: Any) -> None:
    settings.EVENTSTORE = {"POLL_INTERVAL": 0.05}
    EventStore(using).append("Account-1", events(2))
    seen = Seen()
    with EventStore(using).subscribe(1, seen) as subscription:
        seen.wait_for(2)
    assert not subscription.is_running
    assert subscription.error is None


def test_its_block_ends_it_after_an_error_too(store: EventStore) -> None:
    subscription = store.subscribe(1, Seen())
    with pytest.raises(KeyError), subscription:
        raise KeyError
    assert not subscription.is_running


def test_it_leaves_no_connection_behind(store: EventStore) -> None:
    store.append("Account-1", [event()])
    pids: list[int] = []
    seen = Seen(lambda found: pids.append(value("SELECT pg_backend_pid()")))
    with store.subscribe(1, seen):
        seen.wait_for(1)
        assert pids != [value("SELECT pg_backend_pid()")]
    until(lambda: not rows("SELECT pid FROM pg_stat_activity WHERE pid = %s", pids[0]))


# Handlers that fail


@on_both
def test_what_the_handler_raises_ends_it(using: str, following: Following, caplog: pytest.LogCaptureFixture) -> None:
    stored = EventStore(using).append("Account-1", events(5)).events
    seen = Seen(_refuse("no third"))
    with caplog.at_level(logging.ERROR, logger="eventstore_django.subscriptions"):
        subscription = following.start(seen, using=using)
        subscription.join(DEADLINE)
    assert versions(seen.events) == [1, 2]
    assert not subscription.is_running
    assert isinstance(subscription.error, ValueError)
    assert str(subscription.error) == "no third"
    # The failed one is the first that whoever begins anew would be given.
    assert subscription.position == stored[1].position
    assert ["no third" in (record.exc_text or "") for record in caplog.records] == [True]


def test_its_block_raises_what_the_handler_raised(store: EventStore) -> None:
    store.append("Account-1", events(3))
    with pytest.raises(SubscriptionError) as caught, store.subscribe(1, _refuse("no third")) as subscription:
        subscription.join(DEADLINE)
    assert caught.value.__cause__ is subscription.error
    assert isinstance(subscription.error, ValueError)


def test_its_block_hides_no_other_error(store: EventStore) -> None:
    store.append("Account-1", events(3))
    with pytest.raises(KeyError), store.subscribe(1, _refuse("no third")) as subscription:
        subscription.join(DEADLINE)
        raise KeyError


@pytest.mark.parametrize("error", [OperationalError("of the handler"), SystemExit(3)], ids=repr)
def test_no_error_of_the_handler_is_taken_for_a_lost_connection(error: BaseException, store: EventStore) -> None:
    calls: list[int] = []

    def fail(found: RecordedEvent) -> None:
        calls.append(found.event_version)
        raise error

    store.append("Account-1", events(3))
    subscription = store.subscribe(1, fail)
    subscription.join(DEADLINE)
    assert not subscription.is_running
    assert subscription.error is error
    assert calls == [1]
