"""The import into a store, on both kinds of database."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from eventstore_django import DuplicateEventError, EventStore, NewEvent, event_metadata
from eventstore_django.appending import load_plan
from eventstore_django.exceptions import ImportRefused
from eventstore_django.plans import AppendPlan
from eventstore_django.transfer import importing
from eventstore_django.transfer.importing import EventImport, ImportProgress

from .support import EVENT_ID, TIME, line, lines_of, numbers, reading, stored

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


def run(store: EventStore, *lines: bytes, **options: Any) -> ImportProgress:
    return EventImport(store, **options).run(lines_of(*lines))


def refusal(store: EventStore, *lines: bytes, **options: Any) -> str:
    with pytest.raises(ImportRefused) as refused:
        run(store, *lines, **options)
    return str(refused.value)


def test_the_global_order_is_the_order_of_the_lines(store: EventStore) -> None:
    progress = run(store, *(line(number) for number in range(100)), chunk_size=30)
    assert numbers(store.using) == list(range(100))
    assert progress == ImportProgress(stored=100, known=0, line=100)


def test_every_part_of_an_event_is_stored(store: EventStore) -> None:
    payload = {"text": "ä\u2028", "number": 1.5, "list": [None, True, {}]}
    run(
        store,
        line(
            event_id=EVENT_ID,
            aggregate_id="9",
            aggregate_type="Purse",
            schema_version=4,
            payload=payload,
            occurred_at="2011-10-01T00:38:44.546789+02:00",
        ),
    )
    [event] = store.get_events("Account-1")
    assert (event.event_id, event.aggregate_id, event.aggregate_type) == (UUID(EVENT_ID), "9", "Purse")
    assert (event.payload, event.metadata, event.schema_version) == (payload, {"resource": "7"}, 4)
    assert event.occurred_at.isoformat() == TIME
    assert event.event_type == "MoneyDeposited"


def test_an_aggregate_defaults_to_what_the_stream_name_says(store: EventStore) -> None:
    run(store, line(stream_id="tenant-1/Account/9"))
    [event] = store.get_events("tenant-1/Account/9")
    assert (event.aggregate_id, event.aggregate_type, event.partition) == ("9", "Account", "tenant-1")


def test_events_follow_those_that_a_stream_has(store: EventStore) -> None:
    store.append("Account-1", [NewEvent("AccountOpened", {})])
    run(store, line(1), line(1, payload={}))
    assert store.get_stream_version("Account-1") == 3


def test_a_second_import_finds_everything_there(store: EventStore) -> None:
    lines = [line(number) for number in range(20)]
    run(store, *lines, chunk_size=7)
    assert run(store, *lines, chunk_size=5) == ImportProgress(stored=0, known=20, line=20)
    assert numbers(store.using) == list(range(20))


@pytest.mark.parametrize("done", [1, 6, 7, 8, 19])
def test_an_import_goes_on_where_another_ended(store: EventStore, done: int) -> None:
    lines = [line(number) for number in range(20)]
    run(store, *lines[:done])
    assert run(store, *lines, chunk_size=7) == ImportProgress(stored=20 - done, known=done, line=20)
    assert numbers(store.using) == list(range(20))


def test_only_the_events_between_stored_ones_are_added(store: EventStore) -> None:
    first, second, third = (line(number, event_id=EVENT_ID[:-1] + str(number)) for number in range(3))
    run(store, second)
    assert run(store, first, second, third) == ImportProgress(stored=2, known=1, line=3)
    assert numbers(store.using) == [1, 0, 2]


def test_the_order_in_which_events_are_stored_already_does_not_matter(store: EventStore) -> None:
    lines = [line(1, event_id=EVENT_ID[:-1] + str(number), payload={"number": number}) for number in range(4)]
    run(store, *lines)
    again = [line(9), line(9, payload={}), *reversed(lines)]
    assert run(store, *again, chunk_size=2) == ImportProgress(stored=2, known=4, line=6)


def test_a_line_that_is_no_event_is_refused_after_those_before_it_are_stored(store: EventStore) -> None:
    assert refusal(store, line(0), line(1), b"{}", line(3)).startswith("line 3: stream_id")
    assert numbers(store.using) == [0, 1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"payload": {"a": ["\x00"]}}, "line 4: payload.a[0]: holds the character U+0000"),
        ({"payload": {"a": "\ud800"}}, "line 4: payload.a: holds half of a surrogate pair"),
        ({"metadata": {"a": 1e300}}, "line 4: metadata.a: is the float 1e+300"),
        ({"payload": {"a": "b" * 2**20}}, "line 4: payload: has 10"),
        ({"event_type": ""}, "line 4: event_type: is empty"),
        ({"event_type": "a" * 101}, "line 4: event_type: has 101 characters"),
        ({"schema_version": 0}, "line 4: schema_version: must be a whole number from 1 on"),
        ({"aggregate_id": ""}, "line 4: aggregate_id: is empty"),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
def test_what_the_store_refuses_is_told_with_the_line(
    store: EventStore, change: dict[str, Any], reason: str, dry_run: bool
) -> None:
    lines = [line(0), line(1), line(1, payload={"number": 2}), line(1, **change), line(4)]
    assert refusal(store, *lines, dry_run=dry_run).startswith(reason)
    assert numbers(store.using) == ([] if dry_run else [0, 1, 2])


def test_a_refused_line_after_stored_ones_keeps_its_number(store: EventStore) -> None:
    lines = [line(number) for number in range(5)]
    run(store, *lines)
    assert refusal(store, *lines, line(5), line(6, event_type="")).startswith("line 7: event_type")
    assert numbers(store.using) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_id_that_is_stored_with_other_content_is_refused(store: EventStore, dry_run: bool) -> None:
    run(store, line(1, event_id=EVENT_ID))
    told = refusal(store, line(0), line(1, event_id=EVENT_ID, payload={"number": 2}), line(3), dry_run=dry_run)
    assert told == f"line 2: event_id: stored is an event with the id {EVENT_ID} and another payload"
    assert numbers(store.using) == ([1] if dry_run else [1, 0])


def test_an_id_with_other_content_is_found_in_a_later_chunk_too(store: EventStore) -> None:
    run(store, line(4, event_id=EVENT_ID))
    lines = [*(line(number) for number in range(4)), line(4, event_id=EVENT_ID, metadata={"resource": "8"})]
    assert refusal(store, *lines, chunk_size=2) == (
        f"line 5: event_id: stored is an event with the id {EVENT_ID} and another metadata"
    )
    assert numbers(store.using) == [4, 0, 1, 2, 3]


def test_the_first_of_several_refused_lines_is_told(store: EventStore) -> None:
    run(store, line(1, event_id=EVENT_ID))
    lines = [line(0), line(2, event_type=""), line(1, event_id=EVENT_ID, payload={}), line(3, event_type="")]
    assert refusal(store, *lines).startswith("line 2: event_type")
    assert numbers(store.using) == [1, 0]


def test_an_id_that_stands_twice_in_a_chunk_is_stored_once(store: EventStore) -> None:
    same = line(1, event_id=EVENT_ID)
    assert run(store, same, line(2), same) == ImportProgress(stored=2, known=1, line=3)
    assert numbers(store.using) == [1, 2]


def test_an_id_that_stands_twice_in_a_chunk_with_other_content_is_refused(store: EventStore) -> None:
    told = refusal(store, line(1, event_id=EVENT_ID), line(2), line(1, event_id=EVENT_ID, payload={}))
    assert told == f"line 3: event_id: line 1 has an event with the id {EVENT_ID} and another payload"
    assert numbers(store.using) == [1, 2]


def test_one_id_in_two_streams_is_two_events(store: EventStore) -> None:
    lines = [line(1, event_id=EVENT_ID), line(2, event_id=EVENT_ID)]
    run(store, *lines[:1])
    assert run(store, *lines) == ImportProgress(stored=1, known=1, line=2)
    assert numbers(store.using) == [1, 2]


def test_metadata_that_the_context_gave_to_the_stored_event_is_no_other_content(store: EventStore) -> None:
    with event_metadata(request_id="7"):
        store.append(
            "Account-1", [NewEvent("A", {}, event_id=UUID(EVENT_ID), occurred_at=datetime.fromisoformat(TIME))]
        )
    again = line(1, event_type="A", payload={}, metadata=None, event_id=EVENT_ID)
    assert run(store, again).known == 1


def test_the_context_adds_nothing_to_imported_events(store: EventStore) -> None:
    with event_metadata(request_id="1", user="ada", correlation_id="2", causation_id="3"):
        run(store, line(1))
    assert store.get_events("Account-1")[0].metadata == {"resource": "7"}


def test_a_dry_run_writes_nothing_and_counts_what_it_would_store(store: EventStore) -> None:
    run(store, line(0))
    assert run(store, line(0), line(1), dry_run=True) == ImportProgress(stored=1, known=1, line=2)
    assert numbers(store.using) == [0]
    assert not store.stream_exists("Account-1")


def test_a_file_without_events_stores_nothing(store: EventStore) -> None:
    assert EventImport(store).run(reading(b"\n")) == ImportProgress()


@pytest.mark.parametrize("size", [0, 1001])
def test_a_chunk_size_that_no_append_can_take_is_an_error(store: EventStore, size: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 1000"):
        EventImport(store, chunk_size=size)


def test_the_largest_chunks_can_be_looked_up(store: EventStore) -> None:
    lines = [line(number) for number in range(1000)]
    assert run(store, *lines).stored == 1000
    assert run(store, *lines).known == 1000


def test_progress_is_reported_after_each_chunk(store: EventStore) -> None:
    seen: list[tuple[int, int]] = []
    job = EventImport(store, chunk_size=2)
    job.run(lines_of(*(line(number) for number in range(5))), lambda told: seen.append((told.events, told.line)))
    assert seen == [(2, 2), (4, 4), (5, 5)]


def test_no_statements_are_kept_while_debugging(store: EventStore) -> None:
    with CaptureQueriesContext(connections[store.using]):
        run(store, *(line(number) for number in range(50)), chunk_size=5)
        kept = [query["sql"] for query in connections[store.using].queries_log]
    assert not any("eventstore_append" in sql or "event_id" in sql for sql in kept)


@pytest.mark.parametrize("done", [1, 5, 9, 10])
def test_lines_that_another_import_stores_meanwhile_are_found(
    store: EventStore, done: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line(number) for number in range(10)]

    def rival(alias: str, plan: AppendPlan, meanwhile: Any) -> bool:
        monkeypatch.undo()
        run(EventStore(alias), *lines[:done])
        return load_plan(alias, plan, meanwhile)

    monkeypatch.setattr(importing, "load_plan", rival)
    assert run(store, *lines) == ImportProgress(stored=10 - done, known=done, line=10)
    assert numbers(store.using) == list(range(10))


def test_a_conflict_that_stays_is_told_instead_of_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "load_plan", lambda *_: False)
    with pytest.raises(DuplicateEventError):
        run(EventStore("default"), line(1))


def test_stored_events_tell_what_the_lines_said(store: EventStore) -> None:
    run(store, line(1, event_id=EVENT_ID))
    assert stored(store.using) == [
        {
            "stream_id": "Account-1",
            "event_type": "MoneyDeposited",
            "payload": {"number": 1},
            "metadata": {"resource": "7"},
            "occurred_at": datetime.fromisoformat(TIME),
        }
    ]
