"""What is found in a damaged stream."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.db.models import F

from eventstore_django import AggregateSnapshot, EventStore
from eventstore_django.models import ErasedEvent, Snapshot, Stream
from eventstore_django.verifying import portions, streams
from eventstore_django.verifying.findings import Finding
from eventstore_django.verifying.kinds import Kind

from .support import append, damage, findings, texts

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

NAME = "tenant-1/Account/1"


@pytest.fixture(autouse=True)
def filled(store: EventStore) -> None:
    """A damaged stream stands between two whole ones."""
    for name in ("a-1", NAME, "zebra-1"):
        append(store, name, 5)


def position(store: EventStore, version: int, stream: str = NAME) -> int:
    return store.get_events(stream, version, version)[0].position


def lose(store: EventStore, *versions: int) -> None:
    for version in versions:
        damage(store, "DELETE FROM eventstore_events WHERE stream_id = %s AND event_version = %s", NAME, version)
    # The line that the trigger of SQLite writes belongs to no erasure here, so there is none.
    assert not ErasedEvent.objects.using(store.using).exists()


def test_a_hole_is_found_with_its_place(store: EventStore) -> None:
    lose(store, 3)
    assert findings(store) == [Finding(Kind.VERSION, f"Stream '{NAME}': version 3 is missing.", NAME, 3)]


@pytest.mark.parametrize(
    ("versions", "told"), [((2, 3, 4), "versions 2 to 4 are missing"), ((1, 2), "versions 1 to 2 are missing")]
)
def test_a_wide_hole_is_one_finding(store: EventStore, versions: tuple[int, ...], told: str) -> None:
    lose(store, *versions)
    assert texts(store) == [f"version: Stream '{NAME}': {told}."]


def test_lost_events_at_the_end_are_found_by_the_row(store: EventStore) -> None:
    lose(store, 4, 5)
    expected = Finding(Kind.STREAM, f"Stream '{NAME}': its row is at version 5, its last event at 3.", NAME, 3)
    assert findings(store) == [expected]


def test_a_row_without_any_events_is_found(store: EventStore) -> None:
    lose(store, 1, 2, 3, 4, 5)
    assert texts(store) == [f"stream: Stream '{NAME}': its row is at version 5, and there are no events."]


def test_a_row_that_is_behind_is_found(store: EventStore) -> None:
    Stream.objects.using(store.using).filter(pk=NAME).update(version=4)
    assert texts(store) == [f"stream: Stream '{NAME}': its row is at version 4, its last event at 5."]


def test_a_hole_of_which_only_a_part_was_erased_is_found(store: EventStore) -> None:
    event = store.get_events(NAME, 2, 2)[0]
    lose(store, 2, 3)
    line = {"position": event.position, "event_id": event.event_id, "stream_id": NAME, "event_type": "Happened"}
    ErasedEvent.objects.using(store.using).create(erasure_id=1, event_version=2, operation="DELETE", **line)
    assert texts(store) == [f"version: Stream '{NAME}': version 3 is missing."]


def test_a_line_of_a_change_does_not_excuse_a_hole(store: EventStore) -> None:
    lose(store, 2)
    line = {"position": 1, "event_id": uuid4(), "stream_id": NAME, "event_type": "Happened"}
    ErasedEvent.objects.using(store.using).create(erasure_id=1, event_version=2, operation="UPDATE", **line)
    assert texts(store) == [f"version: Stream '{NAME}': version 2 is missing."]


def test_an_event_that_was_erased_and_is_there_again_is_found(store: EventStore) -> None:
    where = position(store, 2)
    line = {"position": where, "event_id": uuid4(), "stream_id": NAME, "event_type": "Happened"}
    ErasedEvent.objects.using(store.using).create(erasure_id=1, event_version=2, operation="DELETE", **line)
    text = f"Stream '{NAME}': version 2 (position {where}) is there, but an erasure has removed it."
    assert findings(store) == [Finding(Kind.ERASED, text, NAME, 2, where)]


@pytest.mark.parametrize("name", [NAME, "zebra-1", "a-1"])
@pytest.mark.parametrize("size", [1, 2, 500])
def test_events_without_a_row_are_found_in_every_portion(
    store: EventStore, name: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "STREAMS", size)
    damage(store, "DELETE FROM eventstore_streams WHERE stream_id = %s", name)
    assert texts(store) == [f"stream: Stream '{name}': it has no row, its last version is 5."]


def test_positions_that_do_not_ascend_are_found(store: EventStore) -> None:
    third, second = position(store, 3), position(store, 2)
    damage(store, "UPDATE eventstore_events SET position = %s WHERE position = %s", 10**6, third)
    damage(store, "UPDATE eventstore_events SET position = %s WHERE position = %s", third, second)
    damage(store, "UPDATE eventstore_events SET position = %s WHERE position = %s", second, 10**6)
    text = f"Stream '{NAME}': version 3 (position {second}) does not come after version 2 ({third})."
    assert findings(store) == [Finding(Kind.POSITION, text, NAME, 3, second)]


def test_a_time_before_that_of_the_version_before_is_found(store: EventStore) -> None:
    later = store.get_events(NAME, 5, 5)[0].created_at + timedelta(days=1)
    where = position(store, 2)
    damage(
        store,
        "UPDATE eventstore_events SET created_at = %s WHERE position = %s",
        connections[store.using].ops.adapt_datetimefield_value(later),
        where,
    )
    [found] = findings(store)
    assert (found.kind, found.stream, found.version, found.position) == (Kind.TIME, NAME, 3, where + 1)


@pytest.mark.parametrize("text", ["infinity", "12345-01-31 12:00:00+00"])
def test_a_time_that_python_has_not_is_found_and_ends_nothing(store: EventStore, text: str) -> None:
    where = position(store, 2)
    damage(store, "UPDATE eventstore_events SET created_at = %s WHERE position = %s", text, where)
    [found] = findings(store)
    assert (found.kind, found.stream, found.version, found.position) == (Kind.TIME, NAME, 2, where)
    assert f"was stored at {text[:5]}" in found.text


@pytest.mark.parametrize("column", ["category", "partition"])
def test_an_event_that_disagrees_with_its_name_is_found(store: EventStore, column: str) -> None:
    where = position(store, 2)
    quoted = connections[store.using].ops.quote_name(column)
    damage(store, f"UPDATE eventstore_events SET {quoted} = 'other' WHERE position = %s", where)
    meant = {"category": "Account", "partition": "tenant-1"}[column]
    told = f"version 2 (position {where}) has the {column} 'other', its name says '{meant}'"
    assert findings(store) == [Finding(Kind.NAME, f"Stream '{NAME}': {told}.", NAME, 2, where)]


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("category", "the category 'other', its name says 'Account'"),
        ("partition", "the partition 'other', its name says 'tenant-1'"),
        ("aggregate_type", "the aggregate type 'other', its name says 'Account'"),
        ("aggregate_id", "the aggregate id 'other', its name says '1'"),
    ],
)
def test_a_row_that_disagrees_with_its_name_is_found(store: EventStore, column: str, told: str) -> None:
    Stream.objects.using(store.using).filter(pk=NAME).update(**{column: "other"})
    assert texts(store) == [f"name: Stream '{NAME}': its row has {told}."]


@pytest.mark.parametrize(("name", "reason"), [("$all", "it stands for"), ("$own", "reserved"), ("a\x07b", "U+0007")])
def test_a_name_that_is_not_legal_is_found(store: EventStore, name: str, reason: str) -> None:
    damage(store, "UPDATE eventstore_streams SET stream_id = %s WHERE stream_id = %s", name, NAME)
    damage(store, "UPDATE eventstore_events SET stream_id = %s WHERE stream_id = %s", name, NAME)
    [found] = findings(store)
    assert (found.kind, found.stream) == (Kind.NAME, name)
    assert reason in found.text


def test_a_snapshot_ahead_of_its_stream_is_found(store: EventStore) -> None:
    store.save_snapshot(AggregateSnapshot("1", "Account", 5, {}, partition="tenant-1"))
    Snapshot.objects.using(store.using).update(version=6)
    text = f"Stream '{NAME}': it has a snapshot of version 6, and is at version 5 itself."
    assert findings(store) == [Finding(Kind.SNAPSHOT, text, NAME, 6)]


def test_a_snapshot_without_a_stream_is_found(store: EventStore) -> None:
    store.save_snapshot(AggregateSnapshot("1", "Account", 5, {}, partition="tenant-1"))
    Snapshot.objects.using(store.using).update(stream_id="gone-1")
    assert texts(store) == ["snapshot: Stream 'gone-1': it has a snapshot of version 5, and is at version 0 itself."]


def test_what_is_wrong_with_very_many_events_of_a_stream_is_counted(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "TOLD", 2)
    damage(store, "UPDATE eventstore_events SET category = 'other' WHERE stream_id = %s", NAME)
    found = findings(store)
    assert [finding.kind for finding in found] == [Kind.NAME, Kind.NAME, Kind.MORE]
    assert found[-1].text == f"Stream '{NAME}': 3 more findings."


def test_one_stream_is_verified_alone(store: EventStore) -> None:
    lose(store, 3)
    Stream.objects.using(store.using).filter(pk="a-1").update(version=7)
    assert [finding.stream for finding in findings(store)] == ["a-1", NAME]
    assert [finding.stream for finding in findings(store, stream=NAME)] == [NAME]
    assert [finding.stream for finding in findings(store, stream="$all")] == ["a-1", NAME]
    assert findings(store, stream="zebra-1") == []


def test_from_a_position_on_streams_are_verified_from_their_beginning(store: EventStore) -> None:
    lose(store, 2)
    Stream.objects.using(store.using).filter(pk="a-1").update(version=F("version") + 1)
    first, last = position(store, 1), position(store, 5)
    assert [finding.stream for finding in findings(store, from_position=1)] == ["a-1", NAME]
    assert [finding.stream for finding in findings(store, from_position=first)] == [NAME]
    assert [finding.stream for finding in findings(store, from_position=last)] == [NAME]
    assert findings(store, from_position=last + 1) == []


def test_from_a_position_on_events_without_a_row_are_found(store: EventStore) -> None:
    damage(store, "DELETE FROM eventstore_streams WHERE stream_id = 'zebra-1'")
    assert [finding.kind for finding in findings(store, from_position=position(store, 5, "zebra-1"))] == [Kind.STREAM]
