"""A copy holds what is stored, whatever the event types make of it when it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connections

from eventstore_django import EventStore, NewEvent, register_event, upcaster
from eventstore_django.models import Event
from eventstore_django.testing.event_types import temporary_event_types
from eventstore_django.transfer.exporting import EventExport, Selection
from eventstore_django.transfer.importing import EventImport

from .support import reading

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


@dataclass
class Opened:
    owner: str


@pytest.fixture(autouse=True)
def event_types() -> Iterator[None]:
    with temporary_event_types():
        register_event("Opened", version=2)(Opened)
        upcaster("Opened", from_version=1)(lambda payload: {"owner": payload["name"]})
        yield


@pytest.fixture
def filled(store: EventStore) -> EventStore:
    """An old event, one that can't be upcast, one of the newest shape, and one of a version to come."""
    old = NewEvent("Opened", {"name": "Ada"}), NewEvent("Opened", {"nobody": None})
    store.append("Account-1", [*old, Opened("Bob"), NewEvent("Opened", {"x": 1}, schema_version=3)])
    return store


def export(store: EventStore) -> bytes:
    written: list[bytes] = []
    EventExport(store, Selection()).run(written.append)
    return b"".join(written)


def erase_all(store: EventStore) -> None:
    """Empty the tables: only that another store begins with none."""
    with connections[store.using].cursor() as cursor:
        if connections[store.using].vendor == "postgresql":
            cursor.execute("ALTER TABLE eventstore_events DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE eventstore_streams DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM eventstore_events")
        cursor.execute("DELETE FROM eventstore_streams")
        if connections[store.using].vendor == "postgresql":
            cursor.execute("ALTER TABLE eventstore_events ENABLE TRIGGER USER")
            cursor.execute("ALTER TABLE eventstore_streams ENABLE TRIGGER USER")


def test_an_export_holds_the_stored_payloads_and_versions(filled: EventStore) -> None:
    lines = [json.loads(text) for text in export(filled).splitlines()]
    assert [(line["schema_version"], line["payload"]) for line in lines] == [
        (1, {"name": "Ada"}),
        (1, {"nobody": None}),
        (2, {"owner": "Bob"}),
        (3, {"x": 1}),
    ]


def test_a_copy_of_a_copy_is_the_same_to_the_byte(filled: EventStore) -> None:
    first = export(filled)
    erase_all(filled)
    assert EventImport(filled).run(reading(first)).stored == 4
    assert export(filled) == first
    assert [event.payload for event in filled.get_events("Account-1", 1, 1)] == [{"owner": "Ada"}]


def test_an_import_that_is_run_again_compares_what_is_stored(filled: EventStore) -> None:
    progress = EventImport(filled).run(reading(export(filled)))
    assert (progress.stored, progress.known) == (0, 4)
    assert Event.objects.using(filled.using).filter(stream_id="Account-1").count() == 4
