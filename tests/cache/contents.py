"""What is in the cache, and what reads ask the database for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import connections
from django.test.utils import CaptureQueriesContext

from eventstore_django import EventStore, NewEvent, RecordedEvent
from eventstore_django.cache.shelves import Shelf


def several(count: int) -> list[NewEvent]:
    return [NewEvent("Noted", {"number": number, "tags": ["a"]}) for number in range(1, count + 1)]


def kept(stream_id: str, using: str = "default") -> dict[int, Any]:
    """Return what is kept of a stream, by the numbers of its chunks."""
    shelf = Shelf.of("default", using, stream_id)
    keys = {shelf._key(number): number for number in range(70)}
    return {keys[key]: value for key, value in cache.get_many(list(keys)).items()}


def put(stream_id: str, values: dict[int, Any], using: str = "default") -> None:
    """Put back what was kept, as somebody may who was very slow."""
    shelf = Shelf.of("default", using, stream_id)
    for number, value in values.items():
        cache.set(shelf._key(number), value)


def statements(read: Callable[[], object], using: str = "default") -> int:
    with CaptureQueriesContext(connections[using]) as queries:
        read()
    return len(queries)


def assert_same(cached: EventStore, store: EventStore, stream_id: str) -> list[RecordedEvent]:
    """Demand that the two agree, before and after what was read is kept."""
    expected = store.get_events(stream_id)
    assert cached.get_events(stream_id) == expected
    assert cached.get_events(stream_id) == expected
    return expected
