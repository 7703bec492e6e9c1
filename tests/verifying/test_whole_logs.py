"""A log that is whole has no findings, whatever happened to it by the rules."""

from __future__ import annotations

import pytest

from eventstore_django import AggregateSnapshot, AppendOperation, EventStore, NewEvent, subscription
from eventstore_django.erasure import erasure
from eventstore_django.models import Event, Stream
from eventstore_django.testing.subscriptions import run_subscriptions_to_head, temporary_subscriptions
from eventstore_django.verifying import histories, portions
from eventstore_django.verifying.scopes import Scope
from eventstore_django.verifying.verification import Verification

from .support import append, findings

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

NAMES = ["Account-1", "orders:1", "tenant-1/Account/1", "plain", "a//b", "ä-ö", "😀:\uffff", "%/_-'", "Account-1-2"]


def erase(store: EventStore, stream: str, *versions: int) -> None:
    with erasure(reason="request 17", actor="ada", using=store.using) as door:
        door.remove(Event.objects.stream(stream).filter(event_version__in=versions))


def test_an_empty_log_is_whole(store: EventStore) -> None:
    assert findings(store) == []


def test_streams_of_all_names_are_whole(store: EventStore) -> None:
    for name in NAMES:
        append(store, name)
    job = Verification(store)
    assert [*job.log(), *job.histories()] == []
    assert (job.streams, job.events) == (len(NAMES), 3 * len(NAMES))


def test_batches_and_events_of_other_aggregates_are_whole(store: EventStore) -> None:
    other = NewEvent("A", {}, aggregate_id="other", aggregate_type="Other")
    store.append_batch([AppendOperation("b-1", [other]), AppendOperation("a-1", [NewEvent("A", {})] * 1)])
    assert findings(store) == []


@pytest.mark.parametrize("versions", [(1,), (2,), (3,), (1, 2), (2, 3), (1, 2, 3)])
def test_a_log_is_whole_after_an_erasure_and_when_it_went_on(store: EventStore, versions: tuple[int, ...]) -> None:
    append(store, "Account-1")
    erase(store, "Account-1", *versions)
    assert findings(store) == []
    append(store, "Account-1", 1)
    assert findings(store) == []


def test_a_redacted_event_is_whole(store: EventStore) -> None:
    append(store, "Account-1")
    with erasure(reason="request 17", actor="ada", using=store.using) as door:
        door.redact(Event.objects.stream("Account-1"), payload={})
    assert findings(store) == []


def test_a_snapshot_of_the_last_version_is_whole(store: EventStore) -> None:
    append(store, "Account-1")
    store.save_snapshot(AggregateSnapshot("1", "Account", 3, {}))
    assert findings(store) == []


def test_a_row_that_an_append_only_locks_is_whole(store: EventStore) -> None:
    Stream.objects.using(store.using).create(stream_id="a-1", category="a", aggregate_type="a", aggregate_id="1")
    assert findings(store) == []


def test_a_subscription_is_whole_at_its_checkpoint_also_if_that_event_was_erased(store: EventStore) -> None:
    append(store, "Account-1")
    with temporary_subscriptions():
        subscription("verified")(lambda event: None)
        run_subscriptions_to_head("verified", using=store.using)
    assert findings(store) == []
    erase(store, "Account-1", 3)
    assert findings(store) == []


@pytest.mark.parametrize("from_position", [None, 1])
@pytest.mark.parametrize("size", [1, 2, 3, 9, 10])
def test_every_stream_is_seen_once_whatever_the_size_of_the_portions(
    store: EventStore, size: int, from_position: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "STREAMS", size)
    for name in NAMES:
        append(store, name, 2)
    job = Verification(store, Scope(from_position=from_position))
    told: list[tuple[int, int]] = []
    assert list(job.histories(lambda streams, events: told.append((streams, events)))) == []
    assert (job.streams, job.events) == told[-1] == (len(NAMES), 2 * len(NAMES))
    assert len(told) == len(NAMES) // size + 1


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7])
def test_every_event_is_seen_once_whatever_the_size_of_the_pages(
    store: EventStore, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "_FETCH", size)
    for name in NAMES:
        append(store, name, 4)
        erase(store, name, 1, 3)
    for scope in (Scope(), Scope(from_position=1)):
        job = Verification(store, scope)
        assert (list(job.histories()), job.streams, job.events) == ([], len(NAMES), 2 * len(NAMES))


def test_the_length_is_the_number_of_streams(store: EventStore) -> None:
    append(store, "a-1", 1)
    append(store, "b-1", 1)
    assert Verification(store).length == 2
    assert Verification(store, Scope("a-1")).length == 1
