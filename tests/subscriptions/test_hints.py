"""The hint of new events: a NOTIFY after the commit, seldom, and harmful to nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction

from eventstore_django import NO_STREAM, AppendOperation, EventStore
from eventstore_django import announcing as hints
from eventstore_django.backends import backend_for
from eventstore_django.backends.listening import APPENDED
from eventstore_django.backends.postgresql import PostgreSQLBackend
from eventstore_django.signals import events_appended
from tests.concurrency.material import event, events
from tests.concurrency.sessions import DEADLINE, execute, value

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "sqlite"])

MILLISECOND = 1 / 1024
"""About: a number that floats can add up."""

END = "that is all"


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class _Ear:
    """Hears, on a connection of its own, what was notified. Notifications arrive in the order of the commits."""

    def __init__(self) -> None:
        self._connection = connection.copy("ear")
        self._connection.ensure_connection()
        with self._connection.cursor() as cursor:
            cursor.execute(f"LISTEN {APPENDED}")

    def heard(self) -> list[str]:
        """Return the payloads of everything that was notified by now."""
        execute("SELECT pg_notify(%s, %s)", APPENDED, END)
        driver: Any = self._connection.connection
        found: list[str] = []
        for notice in driver.notifies(timeout=DEADLINE):
            if notice.payload == END:
                return found
            found.append(notice.payload)
        raise AssertionError("the end was not heard")

    def end(self, pid: int) -> None:
        """End another session, as a crash of the network would."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])

    def close(self) -> None:
        """Hear no more."""
        self._connection.close()


@pytest.fixture
def ear(transactional_db: None) -> Iterator[_Ear]:
    with closing(_Ear()) as ear:
        yield ear


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    """Stand still, long after the last hint, unless the test moves it."""
    clock = _Clock()
    monkeypatch.setattr(hints, "monotonic", clock)
    monkeypatch.setattr(hints, "_last_hint", {})
    return clock


@pytest.fixture
def told() -> Iterator[list[str]]:
    """The streams that a receiver of the signal is told of."""
    streams: list[str] = []

    def receive(stream_id: str, **given: Any) -> None:
        streams.append(stream_id)

    events_appended.connect(receive)
    yield streams
    events_appended.disconnect(receive)


@pytest.fixture
def store() -> EventStore:
    return EventStore("default")


# After the commit


def test_an_append_is_hinted_at(ear: _Ear, store: EventStore) -> None:
    store.append("Account-1", events(3))
    assert ear.heard() == [""]


def test_a_batch_is_hinted_at_once(ear: _Ear, store: EventStore) -> None:
    store.append_batch([AppendOperation(f"Account-{number}", events(2)) for number in range(5)])
    assert ear.heard() == [""]


def test_the_hint_comes_after_the_transaction_and_is_no_part_of_it(ear: _Ear, store: EventStore) -> None:
    with transaction.atomic():
        store.append("Account-1", [event()])
        execute("SELECT pg_notify(%s, 'a part of it')", APPENDED)
    assert ear.heard() == ["a part of it", ""]


def test_whether_a_hint_is_due_is_known_at_the_commit(ear: _Ear, store: EventStore, clock: _Clock) -> None:
    store.append("Account-1", [event()])
    assert ear.heard() == [""]
    with transaction.atomic():
        store.append("Account-1", [event()])
        clock.now += hints.HINT_SECONDS
    assert ear.heard() == [""]


def test_what_is_rolled_back_is_not_hinted_at(ear: _Ear, store: EventStore) -> None:
    with transaction.atomic():
        store.append("Account-1", [event()])
        transaction.set_rollback(True)
    assert ear.heard() == []


def test_what_is_rolled_back_to_a_savepoint_is_not_hinted_at(ear: _Ear, store: EventStore) -> None:
    with transaction.atomic():
        with transaction.atomic():
            store.append("Account-1", [event()])
            transaction.set_rollback(True)
        execute("SELECT 1")
    assert ear.heard() == []


def test_a_transaction_that_was_begun_by_hand_is_not_hinted_at(ear: _Ear, store: EventStore) -> None:
    execute("BEGIN")
    store.append("Account-1", [event()])
    execute("COMMIT")
    assert ear.heard() == []


def test_an_append_that_writes_nothing_is_not_hinted_at(ear: _Ear, store: EventStore, clock: _Clock) -> None:
    new = events(2)
    store.append("Account-1", new)
    clock.now += 1
    store.append("Account-1", new)
    store.append_batch([AppendOperation("Account-2", [], NO_STREAM)])
    assert ear.heard() == [""]


def test_without_notifications_nothing_is_hinted_at(ear: _Ear, store: EventStore, settings: Any) -> None:
    settings.EVENTSTORE = {"NOTIFICATIONS": False}
    store.append("Account-1", [event()])
    with transaction.atomic():
        store.append("Account-1", [event()])
    assert ear.heard() == []
    assert backend_for("default").listener() is None


def test_without_notifications_the_signal_is_still_told(
    ear: _Ear, store: EventStore, told: list[str], settings: Any
) -> None:
    settings.EVENTSTORE = {"NOTIFICATIONS": False}
    store.append("Account-1", [event()])
    assert ear.heard() == []
    assert told == ["Account-1"]


# Seldom


def test_appends_in_quick_succession_are_hinted_at_once(ear: _Ear, store: EventStore, clock: _Clock) -> None:
    for _ in range(10):
        store.append("Account-1", [event()])
        clock.now += MILLISECOND
    assert ear.heard() == [""]


def test_appends_of_one_transaction_are_hinted_at_once(ear: _Ear, store: EventStore) -> None:
    with transaction.atomic():
        for number in range(10):
            store.append(f"Account-{number}", [event()])
    assert ear.heard() == [""]


def test_a_process_that_appends_all_the_time_sends_a_hint_now_and_then(
    ear: _Ear, store: EventStore, clock: _Clock
) -> None:
    heard: list[float] = []
    for _ in range(200):
        store.append("Account-1", [event()])
        heard += [clock.now for _ in ear.heard()]
        clock.now += MILLISECOND
    gaps = [later - earlier for earlier, later in pairwise(heard)]
    assert len(heard) == 4
    assert all(hints.HINT_SECONDS <= gap < hints.HINT_SECONDS + MILLISECOND for gap in gaps)


def test_an_append_that_follows_no_hint_is_always_hinted_at(ear: _Ear, store: EventStore, clock: _Clock) -> None:
    for _ in range(4):
        store.append("Account-1", [event()])
        clock.now += hints.HINT_SECONDS + MILLISECOND
    assert ear.heard() == [""] * 4


def test_appends_to_another_database_keep_no_hint_back(ear: _Ear, store: EventStore, clock: _Clock) -> None:
    store.append("Account-1", [event()])
    clock.now += hints.HINT_SECONDS
    EventStore("sqlite").append("Account-1", [event()])
    clock.now += MILLISECOND
    store.append("Account-1", [event()])
    assert ear.heard() == ["", ""]


# Harmful to nobody


def test_a_hint_that_fails_is_logged_and_the_append_is_done(
    store: EventStore, told: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(backend: PostgreSQLBackend) -> None:
        raise RuntimeError("the hint is broken")

    monkeypatch.setattr(PostgreSQLBackend, "hint", fail)
    with caplog.at_level(logging.WARNING, logger=hints.logger.name):
        result = store.append("Account-1", [event()])
    assert store.get_events("Account-1") == list(result.events)
    assert told == ["Account-1"]
    assert ["the hint is broken" in (record.exc_text or "") for record in caplog.records] == [True]


def test_a_connection_that_breaks_after_the_commit_does_not_look_like_a_failed_append(
    ear: _Ear, store: EventStore, caplog: pytest.LogCaptureFixture
) -> None:
    pid = value("SELECT pg_backend_pid()")
    with caplog.at_level(logging.WARNING, logger=hints.logger.name), transaction.atomic():
        transaction.on_commit(lambda: ear.end(pid))
        result = store.append("Account-1", [event()])
    connection.close()
    assert [record.name for record in caplog.records] == [hints.logger.name]
    assert store.get_events("Account-1") == list(result.events)
