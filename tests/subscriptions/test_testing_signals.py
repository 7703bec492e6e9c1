"""``captured_signals``: what a commit would tell, in tests that never commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase
from django.test.utils import CaptureQueriesContext

from eventstore_django import AggregateSnapshot, EventStore, NewEvent, RecordedEvent, RetryPolicy, subscription
from eventstore_django.models import Event, ParkedEvent, Snapshot
from eventstore_django.signals import event_parked, events_appended, snapshot_saved
from eventstore_django.testing.signals import captured_signals
from eventstore_django.testing.subscriptions import run_subscriptions_to_head, temporary_subscriptions


def noted(number: int = 1) -> NewEvent:
    return NewEvent("Noted", {"number": number})


class Receiver:
    """A receiver of the application's own."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def __call__(self, **told: Any) -> None:
        self.told.append(told)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    events_appended.connect(receiver)
    yield receiver
    events_appended.disconnect(receiver)


class InATestCase(TestCase):
    def test_appends_are_told_as_a_commit_would_tell_them(self) -> None:
        with captured_signals() as sent:
            results = [EventStore().append(name, [noted(), noted()]) for name in ("B-1", "A-1")]
        assert [told.stream_id for told in sent.events_appended] == ["B-1", "A-1"]
        assert [told.events for told in sent.events_appended] == [result.events for result in results]
        assert [told.using for told in sent.events_appended] == ["default", "default"]

    def test_with_callbacks_that_run_in_the_block_each_is_told_once(self) -> None:
        with captured_signals() as sent, self.captureOnCommitCallbacks(execute=True):
            EventStore().append("A-1", [noted()])
        assert len(sent.events_appended) == 1

    def test_callbacks_that_run_around_the_block_still_reach_other_receivers(self) -> None:
        receiver = Receiver()
        events_appended.connect(receiver)
        self.addCleanup(events_appended.disconnect, receiver)
        with self.captureOnCommitCallbacks(execute=True), captured_signals() as sent:
            EventStore().append("A-1", [noted()])
        assert len(sent.events_appended) == 1
        assert [told["stream_id"] for told in receiver.told] == ["A-1"]


class InATransactionTestCase(TransactionTestCase):
    def test_appends_are_told_once(self) -> None:
        with captured_signals() as sent:
            EventStore().append("A-1", [noted()])
            with transaction.atomic():
                EventStore().append("B-1", [noted()])
        assert [told.stream_id for told in sent.events_appended] == ["A-1", "B-1"]

    def test_what_was_rolled_back_is_not_told(self) -> None:
        with captured_signals() as sent:
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                EventStore().append("A-1", [noted()])
                raise ZeroDivisionError
            EventStore().append("B-1", [noted()])
        assert [told.stream_id for told in sent.events_appended] == ["B-1"]


@pytest.mark.django_db
def test_what_a_savepoint_took_back_is_not_told() -> None:
    with captured_signals() as sent:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            EventStore().append("A-1", [noted()])
            raise ZeroDivisionError
        EventStore().append("B-1", [noted()])
    assert [told.stream_id for told in sent.events_appended] == ["B-1"]


@pytest.mark.django_db
def test_only_the_block_is_told_of() -> None:
    with captured_signals():
        EventStore().append("A-1", [noted()])
    EventStore().append("B-1", [noted()])
    with captured_signals() as sent:
        EventStore().append("C-1", [noted()])
    EventStore().append("D-1", [noted()])
    assert [told.stream_id for told in sent.events_appended] == ["C-1"]


@pytest.mark.django_db
def test_blocks_can_be_nested() -> None:
    with captured_signals() as outer:
        EventStore().append("A-1", [noted()])
        with captured_signals() as inner:
            EventStore().append("B-1", [noted()])
    assert [told.stream_id for told in outer.events_appended] == ["A-1", "B-1"]
    assert [told.stream_id for told in inner.events_appended] == ["B-1"]


@pytest.mark.django_db(databases=["default", "sqlite"])
def test_all_databases_are_told_of() -> None:
    with captured_signals() as sent:
        EventStore(using="sqlite").append("A-1", [noted()])
        EventStore().append("B-1", [noted()])
    assert sorted(told.using for told in sent.events_appended) == ["default", "sqlite"]


@pytest.mark.django_db
def test_other_receivers_hear_nothing_that_was_not_committed(receiver: Receiver) -> None:
    with captured_signals():
        EventStore().append("A-1", [noted()])
    assert receiver.told == []


@pytest.mark.django_db
def test_other_receivers_are_there_again_afterwards(
    receiver: Receiver, django_capture_on_commit_callbacks: Any
) -> None:
    with captured_signals():
        EventStore().append("A-1", [noted()])
    with django_capture_on_commit_callbacks(execute=True):
        EventStore().append("B-1", [noted()])
    assert [told["stream_id"] for told in receiver.told] == ["B-1"]


@pytest.mark.django_db
def test_no_receiver_is_left_behind() -> None:
    with pytest.raises(ZeroDivisionError), captured_signals():
        EventStore().append("A-1", [noted()])
        raise ZeroDivisionError
    with captured_signals():
        EventStore().append("A-1", [noted()])
    assert not events_appended.has_listeners(Event)
    assert not event_parked.has_listeners(ParkedEvent)
    assert not snapshot_saved.has_listeners(Snapshot)


@pytest.mark.django_db
def test_other_callbacks_of_the_application_are_not_run() -> None:
    run = []
    with captured_signals():
        transaction.on_commit(lambda: run.append(True))
    assert run == []


@pytest.mark.django_db
def test_the_end_of_the_block_sends_no_statement() -> None:
    with captured_signals():
        EventStore().append("A-1", [noted()])
        queries = CaptureQueriesContext(connection)
        queries.__enter__()
    queries.__exit__(None, None, None)
    assert [query["sql"] for query in queries.captured_queries] == []


@pytest.mark.django_db
def test_a_parked_event_is_told() -> None:
    with temporary_subscriptions():

        @subscription("broken", retries=RetryPolicy(attempts=1))
        def broken(event: RecordedEvent) -> None:
            raise ZeroDivisionError("by nought")

        event = EventStore().append("A-1", [noted()]).events[0]
        with captured_signals() as sent:
            run_subscriptions_to_head("broken", raises=False)
    (told,) = sent.event_parked
    assert (told.subscription, told.event, told.attempts, told.using) == ("broken", event, 1, "default")
    assert "by nought" in told.error


@pytest.mark.django_db
def test_a_saved_snapshot_is_told() -> None:
    with captured_signals() as sent:
        snapshot = EventStore().save_snapshot(AggregateSnapshot("1", "A", 1, {}))
    assert [(told.snapshot, told.using) for told in sent.snapshot_saved] == [(snapshot, "default")]
