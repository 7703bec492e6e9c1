"""What is found in a log as a whole."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connections
from django.test import override_settings

from eventstore_django import EventStore, subscription
from eventstore_django.backends import backend_for
from eventstore_django.models import LogHead, Subscription, SubscriptionShard
from eventstore_django.testing.subscriptions import run_subscriptions_to_head, temporary_subscriptions
from eventstore_django.verifying.findings import Finding
from eventstore_django.verifying.kinds import Kind

from .support import append, copy_event, damage, findings, texts, unguarded

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


def set_sequence(store: EventStore, value: int) -> None:
    statement = {
        "postgresql": "SELECT setval('eventstore_events_position_seq', %s)",
        "sqlite": "UPDATE sqlite_sequence SET seq = %s WHERE name = 'eventstore_events'",
    }[connections[store.using].vendor]
    with connections[store.using].cursor() as cursor:
        cursor.execute(statement, [value])


@pytest.fixture
def behind(store: EventStore) -> int:
    """A log whose sequence is behind; the highest position is given. No transaction takes that back but the test's."""
    append(store, "Account-1")
    return store.get_events("Account-1")[-1].position


def test_a_sequence_behind_the_log_is_found(store: EventStore, behind: int) -> None:
    set_sequence(store, behind - 1)
    try:
        text = f"The sequence of positions is at {behind - 1}, and the log has an event at {behind}."
        assert findings(store) == [Finding(Kind.SEQUENCE, text, position=behind)]
    finally:
        # A sequence of PostgreSQL is in no transaction: the other tests go on with it.
        set_sequence(store, behind)


def test_the_log_as_a_whole_is_left_out_where_one_stream_is_asked_for(store: EventStore, behind: int) -> None:
    set_sequence(store, behind - 1)
    try:
        assert findings(store, stream="Account-1") == []
        assert len(findings(store, from_position=behind + 1)) == 1
    finally:
        set_sequence(store, behind)


def test_a_published_watermark_beyond_the_log_is_found(store: EventStore, behind: int) -> None:
    LogHead.objects.using(store.using).update_or_create(pk=LogHead.ROW, defaults={"position": behind})
    assert findings(store) == []
    LogHead.objects.using(store.using).filter(pk=LogHead.ROW).update(position=behind + 1)
    assert texts(store) == [
        f"head: The published watermark is {behind + 1}, and positions were given out up to {behind}."
    ]


@pytest.fixture
def followed(store: EventStore, behind: int) -> int:
    """A log with a subscription that has seen all of it."""
    with temporary_subscriptions():
        subscription("verified")(lambda event: None)
        run_subscriptions_to_head("verified", using=store.using)
    return behind


def test_a_checkpoint_beyond_the_log_is_found_of_a_subscription_that_nobody_declares(
    store: EventStore, followed: int
) -> None:
    SubscriptionShard.objects.using(store.using).update(position=followed + 10)
    text = f"Subscription verified[0] is at position {followed + 10}, but the log ends at {followed}."
    assert findings(store) == [Finding(Kind.CHECKPOINT, text, position=followed + 10)]


def test_a_checkpoint_at_another_event_is_found(store: EventStore, followed: int) -> None:
    SubscriptionShard.objects.using(store.using).update(event_id=uuid4())
    [found] = findings(store)
    assert (found.kind, found.position) == (Kind.CHECKPOINT, followed)
    assert f"at position {followed}: the log has another one there" in found.text


def test_shards_of_a_version_that_is_not_in_use_are_left_out(store: EventStore, followed: int) -> None:
    SubscriptionShard.objects.using(store.using).update(event_id=uuid4())
    Subscription.objects.using(store.using).update(version=2)
    assert findings(store) == []


def test_a_fault_of_the_schema_is_found_and_the_streams_are_seen_all_the_same() -> None:
    store = EventStore("default")
    append(store, "Account-1")
    damage(store, "ALTER TABLE eventstore_events DISABLE TRIGGER eventstore_show_position")
    damage(store, "DELETE FROM eventstore_events WHERE event_version = 2")
    assert texts(store) == [
        "schema: The trigger eventstore_show_position is missing or disabled.",
        "version: Stream 'Account-1': version 2 is missing.",
    ]


def test_guards_that_are_not_at_work_are_found(store: EventStore) -> None:
    guards = {
        "default": ["eventstore_append_only", "eventstore_no_stream_delete"],
        "sqlite": ["eventstore_no_update", "eventstore_log_delete", "eventstore_log_update"],
    }[store.using]
    with unguarded(store):
        told = texts(store)
    assert [line.split(" is missing or disabled: ")[0] for line in told] == [
        f"schema: The trigger {name}" for name in guards
    ]
    assert told[0].endswith(": stored events can be changed without a trace.")
    assert store.using != "default" or told[1].endswith(": streams can lose their versions.")


def test_the_guard_that_tests_do_without_is_missed_elsewhere(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = backend_for(store.using)
    assert backend.missing_guards() == []
    monkeypatch.setattr(type(backend), "is_test_database", lambda self: False)
    assert list(backend.missing_guards()) == list(backend.flush_guards)


def test_another_lock_class_than_that_of_the_migration_is_found() -> None:
    with override_settings(EVENTSTORE={"POSITION_LOCK_CLASS": 7}):
        [found] = findings(EventStore("default"))
    assert found.kind is Kind.SCHEMA


def test_a_version_that_is_there_twice_is_found() -> None:
    store = EventStore("default")
    append(store, "Account-1", 1)
    damage(store, "ALTER TABLE eventstore_events DROP CONSTRAINT eventstore_event_version")
    copy_event("Account-1", 1)
    first = store.get_events("Account-1")[0].position
    text = f"Stream 'Account-1': version 1 (position {first + 1}) is there once more, at position {first}."
    assert findings(store) == [Finding(Kind.VERSION, text, "Account-1", 1, first + 1)]


def test_a_position_of_two_events_is_found() -> None:
    store = EventStore("default")
    append(store, "Account-1", 1)
    append(store, "Account-2", 1)
    first, second = (store.get_events(f"Account-{number}")[0].position for number in (1, 2))
    damage(store, "UPDATE eventstore_events SET position = %s WHERE position = %s", first, second)
    text = f"Position {first} belongs to 2 events."
    assert findings(store) == [Finding(Kind.POSITION, text, position=first)]
    assert findings(store, from_position=first) == findings(store)
    assert findings(store, from_position=first + 1) == []


def test_what_goes_by_the_schema_is_not_told_while_that_has_a_fault() -> None:
    LogHead.objects.update_or_create(pk=LogHead.ROW, defaults={"position": 10**9})
    store = EventStore("default")
    assert [finding.kind for finding in findings(store)] == [Kind.HEAD]
    with override_settings(EVENTSTORE={"POSITION_LOCK_CLASS": 7}):
        assert [finding.kind for finding in findings(store)] == [Kind.SCHEMA]
