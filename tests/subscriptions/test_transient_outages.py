"""``store.subscribe`` when connections break, and when commits are not in the order of the positions."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import connections, transaction

from eventstore_django import EventStore, RecordedEvent
from eventstore_django.subscriptions import transient
from tests.concurrency.material import event, events, streams_of
from tests.concurrency.sessions import DEADLINE, Session, value

from .following import Following, Gate, Seen, until, versions, waiting_pid

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "sqlite"])

NEVER = 3600
"""Seconds that no test waits for."""


@pytest.fixture
def following(transactional_db: None) -> Iterator[Following]:
    with closing(Following()) as following:
        yield following


@pytest.fixture
def session(transactional_db: None) -> Iterator[Session]:
    with closing(Session()) as session:
        yield session


@pytest.fixture
def store(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> EventStore:
    """Give a store whose subscriptions hear notifications, or don't, and come back soon after an outage."""
    settings.EVENTSTORE = {"POLL_INTERVAL": NEVER} if request.param else {"POLL_INTERVAL": 0.01, "NOTIFICATIONS": False}
    monkeypatch.setattr(transient, "_RECONNECT_SECONDS", 0.01)
    return EventStore("default")


both_ways = pytest.mark.parametrize("store", [True, False], ids=["notified", "looking"], indirect=True)


class _Told(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def told() -> Iterator[_Told]:
    told = _Told()
    transient.logger.addHandler(told)
    yield told
    transient.logger.removeHandler(told)


class _Held:
    """Holds a handler up at the third event; the session of its thread is known by then."""

    def __init__(self) -> None:
        self.gate = Gate(3)
        self.pids: dict[int, int] = {}

    def __call__(self, found: RecordedEvent) -> None:
        if found.event_version in (1, 5):
            self.pids[found.event_version] = value("SELECT pg_backend_pid()")
        self.gate(found)

    def wait(self) -> int:
        """Wait until it holds; return the server's process."""
        self.gate.wait()
        return self.pids[1]


def _end(pid: int) -> None:
    """End a session, as a crash of the network or the server would."""
    assert value("SELECT pg_terminate_backend(%s, %s)", pid, int(DEADLINE * 1000))


# Connections that break


@both_ways
@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_connection_that_breaks_in_the_middle_loses_and_doubles_nothing(
    size: int, store: EventStore, following: Following, settings: Any, told: _Told
) -> None:
    settings.EVENTSTORE = {**settings.EVENTSTORE, "SUBSCRIPTION_BATCH_SIZE": size}
    store.append("Account-1", events(4))
    held = _Held()
    seen = Seen(held)
    subscription = following.start(seen)
    broken = held.wait()
    _end(broken)
    held.gate.open()
    until(lambda: len(told.records) >= 1)
    store.append("Account-1", events(3))
    assert versions(seen.wait_for(7)) == [1, 2, 3, 4, 5, 6, 7]
    assert held.pids[5] != broken
    assert (subscription.is_running, subscription.error) == (True, None)


@pytest.mark.parametrize(
    "store",
    [
        pytest.param(True, id="notified"),
        pytest.param(False, id="looking"),
    ],
    indirect=True,
)
def test_a_connection_that_breaks_while_it_waits_for_events_loses_nothing(
    store: EventStore, following: Following, told: _Told
) -> None:
    seen = Seen()
    subscription = following.start(seen, store.head_position() + 1)
    _end(waiting_pid())
    until(lambda: len(told.records) >= 1)
    store.append("Account-1", events(3))
    until(lambda: len(seen.events) == 3 or not subscription.is_running)
    assert versions(seen.events) == [1, 2, 3]
    assert (subscription.is_running, subscription.error) == (True, None)


@both_ways
def test_a_database_that_is_out_of_reach_is_tried_again_and_again(
    store: EventStore, following: Following, told: _Told, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EVENTSTORE = {**settings.EVENTSTORE, "SUBSCRIPTION_BATCH_SIZE": 1}
    store.append("Account-1", events(3))
    held = _Held()
    seen = Seen(held)
    following.start(seen)
    broken = held.wait()
    with monkeypatch.context() as outage:
        outage.setitem(connections["default"].settings_dict["OPTIONS"], "sslmode", "nobody knows this one")
        _end(broken)
        held.gate.open()
        until(lambda: len(told.records) >= 3)
    store.append("Account-1", events(2))
    assert versions(seen.wait_for(5)) == [1, 2, 3, 4, 5]


@both_ways
def test_it_can_be_stopped_while_the_database_is_out_of_reach(
    store: EventStore, following: Following, told: _Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transient, "_RECONNECT_SECONDS", NEVER)
    with monkeypatch.context() as outage:
        outage.setitem(connections["default"].settings_dict["OPTIONS"], "sslmode", "nobody knows this one")
        subscription = following.start(Seen())
        until(lambda: len(told.records) == 1)
    subscription.stop()
    subscription.join(DEADLINE)
    assert (subscription.is_running, subscription.error) == (False, None)


def test_a_sqlite_database_that_somebody_writes_to_is_waited_for(following: Following, told: _Told) -> None:
    store = EventStore("sqlite")
    with transaction.atomic(using="sqlite"):
        store.append("Account-1", events(3))
        seen = Seen()
        subscription = following.start(seen, using="sqlite")
        until(lambda: len(told.records) >= 1)
    until(lambda: len(seen.events) == 3 or not subscription.is_running)
    assert versions(seen.events) == [1, 2, 3]


# Commits in another order than the positions


@both_ways
def test_an_event_that_commits_late_below_others_is_not_skipped(
    store: EventStore, following: Following, session: Session
) -> None:
    store.append("Account-1", [event()])
    session.begin()
    session.run(store.append, "Late-1", [event()])
    store.append("Early-1", [event()])
    seen = Seen()
    subscription = following.start(seen)
    # The page with it is read: with the early one on it, the late one would be lost.
    seen.wait_for(1)
    session.commit()
    assert streams_of(seen.wait_for(3)) == ["Account-1", "Late-1", "Early-1"]
    until(lambda: subscription.position == store.head_position())


@both_ways
def test_an_event_that_commits_late_is_not_skipped_by_one_that_follows_already(
    store: EventStore, following: Following, session: Session
) -> None:
    seen = Seen()
    following.start(seen)
    for number in range(1, 11):
        session.begin()
        session.run(store.append, "Late-1", [event()])
        store.append("Early-1", [event()])
        session.commit()
        assert streams_of(seen.wait_for(2 * number)) == ["Late-1", "Early-1"] * number


@both_ways
def test_an_event_that_is_rolled_back_holds_nothing_up(
    store: EventStore, following: Following, session: Session
) -> None:
    store.append("Account-1", [event()])
    session.begin()
    session.run(store.append, "Late-1", [event()])
    store.append("Early-1", [event()])
    seen = Seen()
    following.start(seen)
    seen.wait_for(1)
    session.rollback()
    # What nobody tells is found by looking: by the next append with its hint, where it looks seldom.
    store.append("Account-1", [event()])
    assert streams_of(seen.wait_for(3)) == ["Account-1", "Early-1", "Account-1"]
