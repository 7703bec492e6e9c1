"""How a chunk gets into the database: without results, in one transaction, behind the guard of its streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from eventstore_django import EventStore, NewEvent
from eventstore_django.appending import load_plan
from eventstore_django.models import Event, Stream
from eventstore_django.names import StreamName
from eventstore_django.plans import AppendPlan, plan_load
from eventstore_django.signals import events_appended
from eventstore_django.transfer.importing import EventImport, ImportProgress

from .support import EVENT_ID, line, lines_of, numbers

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

ODD = 'back\\slash\\n "quote" \\N ä\u2028\U0001f600'


def planned(*names: str, **values: Any) -> AppendPlan:
    """A plan of an event for each of these streams, numbered from 0."""
    return plan_load(
        (StreamName.parse(name), NewEvent("A", {"number": number}, **values)) for number, name in enumerate(names)
    )


def versions(store: EventStore) -> list[tuple[str, int]]:
    events = Event.objects.using(store.using).order_by("position")
    return list(events.values_list("stream_id", "event_version"))


def test_events_follow_each_other_in_their_streams_and_in_the_log(store: EventStore) -> None:
    store.append("B-1", [NewEvent("A", {"number": -1})])
    assert load_plan(store.using, planned("B-1", "A-1", "B-1", "A-1", "A-1"))
    assert numbers(store.using) == [-1, 0, 1, 2, 3, 4]
    assert versions(store)[1:] == [("B-1", 2), ("A-1", 1), ("B-1", 3), ("A-1", 2), ("A-1", 3)]
    assert (store.get_stream_version("A-1"), store.get_stream_version("B-1")) == (3, 3)
    # The guard knows of them.
    assert store.append("A-1", [NewEvent("A", {})], expected_version=3).version == 4


@pytest.mark.parametrize("name", [f"{ODD}/Type{ODD}/{ODD}", f"{ODD}:{ODD}", "\\N", "\\."])
def test_every_text_comes_back_as_it_was(store: EventStore, name: str) -> None:
    payload = {ODD: [ODD, "\t\n\r\x01\x7f\\", {}], "": None, "\\u0041": 1}
    given = NewEvent(
        ODD, payload, metadata={ODD: ODD}, event_id=uuid4(), aggregate_id=ODD, aggregate_type="\\t", schema_version=3
    )
    parsed = StreamName.parse(name)
    assert load_plan(store.using, plan_load([(parsed, given)]))
    [event] = store.get_events(name)
    assert (event.event_type, event.payload, event.metadata) == (ODD, payload, {ODD: ODD})
    assert (event.aggregate_id, event.aggregate_type, event.schema_version) == (ODD, "\\t", 3)
    assert (event.stream_id, event.category, event.partition) == (name, parsed.category, parsed.partition)
    assert (event.event_id, event.occurred_at) == (given.event_id, given.occurred_at)


def test_events_and_streams_carry_the_time_of_storing(store: EventStore) -> None:
    load_plan(store.using, planned("A-1", "B-1"))
    streams = dict(Stream.objects.using(store.using).values_list("pk", "updated_at"))
    [last] = store.append("B-1", [NewEvent("A", {"number": 2})]).events
    times = list(Event.objects.using(store.using).order_by("position").values_list("created_at", flat=True))
    assert times == sorted(times)
    # Of the streams that are locked the last one tells the time.
    assert streams["A-1"] <= streams["B-1"] == times[1] == times[0]
    assert times[2] == last.created_at


def test_nothing_is_stored_if_one_event_is_there(store: EventStore) -> None:
    store.append("A-1", [NewEvent("A", {"number": 7}, event_id=UUID(EVENT_ID))])
    plan = plan_load(
        [
            (StreamName.parse("B-1"), NewEvent("A", {"number": 0})),
            (StreamName.parse("A-1"), NewEvent("A", {"number": 7}, event_id=UUID(EVENT_ID))),
        ]
    )
    assert not load_plan(store.using, plan)
    assert numbers(store.using) == [7]
    assert not Stream.objects.using(store.using).filter(pk="B-1").exists()


def test_the_callers_transaction_stays_usable_after_a_known_event(store: EventStore) -> None:
    plan = planned("A-1")
    load_plan(store.using, plan)
    with transaction.atomic(using=store.using):
        assert not load_plan(store.using, plan)
        store.append("B-1", [NewEvent("A", {"number": 1})])
    assert numbers(store.using) == [0, 1]


def test_it_is_undone_with_the_callers_transaction(store: EventStore) -> None:
    with transaction.atomic(using=store.using):
        load_plan(store.using, planned("A-1"))
        transaction.set_rollback(True, using=store.using)
    assert numbers(store.using) == []
    assert store.get_stream_version("A-1") == 0


def test_a_chunk_of_new_events_is_two_statements_on_postgresql() -> None:
    plan = planned(*(f"A-{number}" for number in range(9)))
    with CaptureQueriesContext(connection) as queries:
        load_plan("default", plan)
    told = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert [sql.split()[0] for sql in told] == ["WITH", "COPY"]


@pytest.fixture
def heard() -> Iterator[list[tuple[str, str, list[int]]]]:
    """What a receiver of the signal is told."""
    told: list[tuple[str, str, list[int]]] = []

    def receive(stream_id: str, events: Any, using: str, **_: Any) -> None:
        told.append((using, stream_id, [event.event_version for event in events]))

    events_appended.connect(receive)
    yield told
    events_appended.disconnect(receive)


def test_who_listens_to_appends_hears_of_imported_events_too(
    store: EventStore, heard: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(using=store.using, execute=True):
        assert load_plan(store.using, planned("A-1", "A-1", "B-1", "A-1"))
    assert heard == [(store.using, "A-1", [1, 2]), (store.using, "B-1", [1]), (store.using, "A-1", [3])]


def test_nobody_hears_of_events_that_were_there(
    store: EventStore, heard: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    plan = planned("A-1")
    load_plan(store.using, plan)
    with django_capture_on_commit_callbacks(using=store.using, execute=True):
        assert not load_plan(store.using, plan)
    assert heard == []


def recorded(store: EventStore, *, read_ahead: bool) -> list[str]:
    """In which order an import of two chunks reads lines and tells of chunks."""
    told: list[str] = []

    def lines() -> Iterator[tuple[int, bytes]]:
        for number in range(1, 5):
            told.append(f"line {number}")
            yield number, line(number)

    EventImport(store, chunk_size=2).run(lines(), lambda _: told.append("stored"), read_ahead=read_ahead)
    return told


def test_lines_are_read_while_the_database_stores_those_before() -> None:
    assert recorded(EventStore("default"), read_ahead=True) == [
        *("line 1", "line 2", "line 3", "line 4"),
        *("stored", "stored"),
    ]


def test_lines_that_may_have_to_be_waited_for_are_read_when_those_before_are_stored(store: EventStore) -> None:
    expected = ["line 1", "line 2", "stored", "line 3", "line 4", "stored"]
    assert recorded(store, read_ahead=False) == expected


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_reading_ahead_changes_nothing(store: EventStore, size: int) -> None:
    lines = [line(number) for number in range(300)]
    EventImport(store).run(lines_of(*lines[:20]))
    progress = EventImport(store, chunk_size=size).run(lines_of(*lines), read_ahead=True)
    assert progress == ImportProgress(stored=280, known=20, line=300)
    assert numbers(store.using) == list(range(300))


def test_an_interruption_while_lines_are_read_ahead_leaves_what_was_committed(store: EventStore) -> None:
    def lines() -> Iterator[tuple[int, bytes]]:
        yield from ((number, line(number)) for number in range(1, 6))
        raise KeyboardInterrupt

    job = EventImport(store, chunk_size=2)
    with pytest.raises(KeyboardInterrupt):
        job.run(lines(), read_ahead=True)
    assert numbers(store.using) == list(range(1, job.progress.line + 1))
    assert store.append("A-1", [NewEvent("A", {})]).version == 1
    assert connections[store.using].needs_rollback is False
