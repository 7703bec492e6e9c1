"""The export: which events, in which order, in which form."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eventstore_django import EventStore, InvalidStreamName, NewEvent
from eventstore_django.transfer import exporting
from eventstore_django.transfer.exporting import EventExport, Selection
from eventstore_django.transfer.importing import EventImport

from .support import EVENT_ID, TIME, reading

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

STREAMS = ["Account-1", "tenant-1/Account/1", "orders:1", "Account-1", "tenant-10/Account/1", "Account-2"]


@pytest.fixture
def filled(store: EventStore) -> EventStore:
    """Events numbered from 0, one in each of these streams."""
    for number, name in enumerate(STREAMS):
        store.append(name, [NewEvent("A", {"number": number})])
    return store


def export(store: EventStore, **selection: Any) -> bytes:
    written: list[bytes] = []
    EventExport(store, Selection(**selection)).run(written.append)
    return b"".join(written)


def numbers(store: EventStore, **selection: Any) -> list[int]:
    return [json.loads(text)["payload"]["number"] for text in export(store, **selection).splitlines()]


def position(store: EventStore, number: int) -> int:
    return store.get_all_events()[number].position


def test_everything_is_exported_in_the_global_order(filled: EventStore) -> None:
    assert numbers(filled) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"stream": "Account-1"}, [0, 3]),
        ({"stream": "$all"}, [0, 1, 2, 3, 4, 5]),
        ({"stream": "Account-9"}, []),
        ({"category": "Account"}, [0, 1, 3, 4, 5]),
        ({"category": "orders"}, [2]),
        ({"partition": "tenant-1"}, [1]),
        ({"partition": "tenant-1", "category": "orders"}, []),
        ({"stream": "tenant-1/Account/1", "partition": "tenant-1"}, [1]),
        ({"stream": "tenant-1/Account/1", "partition": "tenant-10"}, []),
    ],
)
def test_a_selection_gives_what_all_its_conditions_select(
    filled: EventStore, selection: dict[str, Any], expected: list[int]
) -> None:
    assert numbers(filled, **selection) == expected


@pytest.mark.parametrize("chosen", [{}, {"stream": "$all"}])
def test_bounds_are_inclusive(filled: EventStore, chosen: dict[str, Any]) -> None:
    bounds = {"from_position": position(filled, 1), "to_position": position(filled, 3)}
    assert numbers(filled, **bounds, **chosen) == [1, 2, 3]


def test_bounds_of_a_stream_are_positions_too(filled: EventStore) -> None:
    assert numbers(filled, stream="Account-1", from_position=position(filled, 1)) == [3]
    assert numbers(filled, stream="Account-1", to_position=position(filled, 1)) == [0]


@pytest.mark.parametrize("selection", [{}, {"stream": "Account-1"}, {"category": "Account"}])
def test_pages_neither_skip_nor_repeat(filled: EventStore, settings: Any, selection: dict[str, Any]) -> None:
    filled.append("Account-1", [NewEvent("A", {"number": number}) for number in range(6, 12)])
    whole = numbers(filled, **selection)
    settings.EVENTSTORE = {"READ_BATCH_SIZE": 2}
    assert numbers(filled, **selection) == whole


def test_a_line_holds_every_part_in_its_canonical_form(store: EventStore) -> None:
    event = NewEvent(
        "A",
        {"b": "ä", "a": {"d": 1, "c": 1.0}},
        metadata={"m": None},
        event_id=UUID(EVENT_ID),
        occurred_at=datetime(2011, 9, 30, 22, 38, 44, tzinfo=UTC),
        aggregate_id="7",
        aggregate_type="Purse",
        schema_version=3,
    )
    store.append('a"-1', [event])
    assert export(store).decode() == (
        f'{{"event_id":"{EVENT_ID}","stream_id":"a\\"-1","aggregate_id":"7","aggregate_type":"Purse",'
        '"event_type":"A","schema_version":3,"payload":{"a":{"c":1.0,"d":1},"b":"ä"},"metadata":{"m":null},'
        '"occurred_at":"2011-09-30T22:38:44.000000+00:00"}\n'
    )


def test_an_export_can_be_imported_elsewhere_and_is_the_same_there() -> None:
    source, target = EventStore(using="sqlite"), EventStore(using="default")
    for number, name in enumerate(STREAMS):
        event = NewEvent("A", {"z": 1e-7, "number": number}, metadata={"ü": "\u2028"}, schema_version=number + 1)
        source.append(name, [event])
    exported = export(source)
    EventImport(target).run(reading(exported))
    assert export(target) == exported
    assert numbers(target) == [0, 1, 2, 3, 4, 5]


def test_what_is_appended_meanwhile_is_not_exported(filled: EventStore) -> None:
    job = EventExport(filled, Selection())
    filled.append("Account-1", [NewEvent("A", {"number": 6})])
    assert job.run(lambda data: None) == 6


def test_a_stream_that_can_not_be_one_is_refused(store: EventStore) -> None:
    with pytest.raises(InvalidStreamName):
        EventExport(store, Selection(stream="$some"))


def test_progress_goes_by_positions(filled: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "REPORT_EVERY", 4)
    first = position(filled, 0)
    seen: list[tuple[int, int]] = []
    job = EventExport(filled, Selection(from_position=first))
    job.run(lambda data: None, lambda done, events: seen.append((done, events)))
    assert seen == [(position(filled, 3) - first + 1, 4), (position(filled, 5) - first + 1, 6)]
    assert job.length == seen[-1][0]


def test_a_range_without_positions_is_empty(filled: EventStore) -> None:
    job = EventExport(filled, Selection(from_position=10**12))
    assert (job.length, job.run(lambda data: None)) == (0, 0)


def test_each_page_is_one_statement_on_postgresql(settings: Any) -> None:
    store = EventStore(using="default")
    store.append("Account-1", [NewEvent("A", {"at": TIME}) for _ in range(5)])
    settings.EVENTSTORE = {"READ_BATCH_SIZE": 2}
    job = EventExport(store, Selection())
    with CaptureQueriesContext(connection) as queries:
        job.run(lambda data: None)
    assert len(queries) == 3
