"""``events_appended``: told once for each append, after the outermost commit, and for nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connections, transaction

from eventstore_django import NO_STREAM, AppendOperation, ConcurrencyError, EventStore, RecordedEvent
from eventstore_django.models import Event
from eventstore_django.signals import events_appended
from tests.concurrency.material import event, events

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "sqlite"])

on_both = pytest.mark.parametrize("using", ["default", "sqlite"])
in_a_test_case = pytest.mark.django_db(databases=["default", "sqlite"])


class _Undone(Exception):
    """Rolls a block back."""


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What a receiver is given."""
    received: list[dict[str, Any]] = []

    def receive(**given: Any) -> None:
        received.append(given)

    events_appended.connect(receive)
    yield received
    events_appended.disconnect(receive)


@pytest.fixture
def failing() -> Iterator[None]:
    """A receiver that fails: it comes before those that are connected later."""

    def fail(**given: Any) -> None:
        raise ValueError("the receiver is broken")

    events_appended.connect(fail)
    yield
    events_appended.disconnect(fail)


def _streams(told: list[dict[str, Any]]) -> list[str]:
    return [given["stream_id"] for given in told]


# After the commit


@on_both
def test_an_append_is_told_with_what_it_wrote(using: str, told: list[dict[str, Any]]) -> None:
    result = EventStore(using).append("Account-1", events(2))
    (given,) = told
    assert (given["sender"], given["signal"]) == (Event, events_appended)
    assert (given["stream_id"], given["using"]) == ("Account-1", using)
    assert list(given["events"]) == list(result.events) == EventStore(using).get_events("Account-1")
    assert set(given) == {"sender", "signal", "stream_id", "using", "events"}


@on_both
def test_appends_of_a_transaction_are_told_in_their_order_when_it_has_committed(
    using: str, told: list[dict[str, Any]]
) -> None:
    with transaction.atomic(using=using):
        EventStore(using).append("Account-1", [event()])
        EventStore(using).append("Account-2", [event()])
        EventStore(using).append("Account-1", [event()])
        assert told == []
    assert _streams(told) == ["Account-1", "Account-2", "Account-1"]


@on_both
def test_the_end_of_an_inner_block_is_no_commit(using: str, told: list[dict[str, Any]]) -> None:
    with transaction.atomic(using=using):
        with transaction.atomic(using=using):
            EventStore(using).append("Account-1", [event()])
        with transaction.atomic(using=using, savepoint=False):
            EventStore(using).append("Account-2", [event()])
        assert told == []
    assert _streams(told) == ["Account-1", "Account-2"]


@on_both
def test_what_is_told_can_be_read_by_then(using: str) -> None:
    found: list[bool] = []

    def receive(stream_id: str, events: tuple[RecordedEvent, ...], **given: Any) -> None:
        found.append(not connections[using].in_atomic_block and EventStore(using).get_events(stream_id) == [*events])

    events_appended.connect(receive)
    try:
        with transaction.atomic(using=using):
            EventStore(using).append("Account-1", events(2))
    finally:
        events_appended.disconnect(receive)
    assert found == [True]


@on_both
def test_each_operation_of_a_batch_is_told(using: str, told: list[dict[str, Any]]) -> None:
    results = EventStore(using).append_batch(
        [AppendOperation(stream, events(2)) for stream in ("Account-2", "Account-1", "Account-2")]
    )
    assert _streams(told) == ["Account-2", "Account-1", "Account-2"]
    assert [list(given["events"]) for given in told] == [list(result.events) for result in results]


def test_a_transaction_of_another_database_is_not_waited_for(told: list[dict[str, Any]]) -> None:
    with pytest.raises(_Undone), transaction.atomic(using="default"):
        EventStore("sqlite").append("Account-1", [event()])
        assert [(given["stream_id"], given["using"]) for given in told] == [("Account-1", "sqlite")]
        raise _Undone


@on_both
def test_an_async_append_is_told(using: str, told: list[dict[str, Any]]) -> None:
    async_to_sync(EventStore(using).aappend)("Account-1", [event()])
    assert _streams(told) == ["Account-1"]


@on_both
def test_a_receiver_can_append(using: str, told: list[dict[str, Any]]) -> None:
    def receive(stream_id: str, **given: Any) -> None:
        if stream_id == "Account-1":
            EventStore(using).append("Account-2", [event()])

    events_appended.connect(receive)
    try:
        with transaction.atomic(using=using):
            EventStore(using).append("Account-1", [event()])
    finally:
        events_appended.disconnect(receive)
    assert sorted(_streams(told)) == ["Account-1", "Account-2"]


# Nothing


@on_both
def test_what_is_rolled_back_is_not_told(using: str, told: list[dict[str, Any]]) -> None:
    with pytest.raises(_Undone), transaction.atomic(using=using):
        EventStore(using).append("Account-1", [event()])
        raise _Undone
    EventStore(using).append("Account-2", [event()])
    assert _streams(told) == ["Account-2"]


@on_both
def test_what_is_rolled_back_to_a_savepoint_is_not_told(using: str, told: list[dict[str, Any]]) -> None:
    with transaction.atomic(using=using):
        EventStore(using).append("Account-1", [event()])
        with pytest.raises(_Undone), transaction.atomic(using=using):
            EventStore(using).append("Account-2", [event()])
            raise _Undone
        EventStore(using).append("Account-3", [event()])
    assert _streams(told) == ["Account-1", "Account-3"]


@on_both
def test_a_repeated_append_is_not_told_again(using: str, told: list[dict[str, Any]]) -> None:
    new = events(2)
    EventStore(using).append("Account-1", new)
    assert EventStore(using).append("Account-1", new).replayed
    with transaction.atomic(using=using):
        assert EventStore(using).append("Account-1", new).replayed
    assert _streams(told) == ["Account-1"]


@on_both
def test_a_refused_append_is_not_told(using: str, told: list[dict[str, Any]]) -> None:
    EventStore(using).append("Account-1", [event()])
    with transaction.atomic(using=using), pytest.raises(ConcurrencyError):
        EventStore(using).append("Account-1", [event()], NO_STREAM)
    assert _streams(told) == ["Account-1"]


@on_both
def test_an_operation_that_only_checks_is_not_told(using: str, told: list[dict[str, Any]]) -> None:
    store = EventStore(using)
    store.append_batch([AppendOperation("Account-1", [], NO_STREAM)])
    store.append_batch([AppendOperation("Account-1", [], NO_STREAM), AppendOperation("Account-2", [event()])])
    assert _streams(told) == ["Account-2"]


def test_a_transaction_that_was_begun_by_hand_is_not_told(told: list[dict[str, Any]]) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("BEGIN")
        EventStore("default").append("Account-1", [event()])
        cursor.execute("COMMIT")
    EventStore("default").append("Account-2", [event()])
    assert EventStore("default").stream_exists("Account-1")
    assert _streams(told) == ["Account-2"]


@on_both
@pytest.mark.parametrize("end", [transaction.commit, transaction.rollback])
def test_a_transaction_without_autocommit_is_not_told(using: str, end: Any, told: list[dict[str, Any]]) -> None:
    transaction.set_autocommit(False, using=using)
    try:
        EventStore(using).append("Account-1", [event()])
        end(using=using)
    finally:
        transaction.set_autocommit(True, using=using)
    assert EventStore(using).stream_exists("Account-1") == (end is transaction.commit)
    assert told == []


# Receivers that fail


@on_both
@pytest.mark.usefixtures("failing")
def test_a_receiver_that_fails_is_logged_and_harms_nobody(
    using: str, told: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        result = EventStore(using).append("Account-1", [event()])
    assert EventStore(using).get_events("Account-1") == list(result.events)
    assert _streams(told) == ["Account-1"]
    assert ["the receiver is broken" in (record.exc_text or "") for record in caplog.records] == [True]


@on_both
@pytest.mark.usefixtures("failing")
def test_a_receiver_that_fails_keeps_nothing_from_being_told_after_a_transaction(
    using: str, told: list[dict[str, Any]]
) -> None:
    called: list[str] = []
    with transaction.atomic(using=using):
        EventStore(using).append("Account-1", [event()])
        transaction.on_commit(lambda: called.append("called"), using=using)
        EventStore(using).append("Account-2", [event()])
    assert _streams(told) == ["Account-1", "Account-2"]
    assert called == ["called"]


# Test cases that never commit


@in_a_test_case
@on_both
def test_in_a_test_case_nothing_commits_and_nothing_is_told(using: str, told: list[dict[str, Any]]) -> None:
    EventStore(using).append("Account-1", [event()])
    assert told == []


@in_a_test_case
@on_both
def test_a_test_case_can_have_told_what_a_commit_would(
    using: str, told: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(using=using, execute=True):
        EventStore(using).append("Account-1", [event()])
        assert told == []
    assert _streams(told) == ["Account-1"]
