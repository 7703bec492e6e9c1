"""An event with a time that Python has not, anywhere in a stream that is kept."""

from __future__ import annotations

import pytest

from eventstore_django import CachedEventStore, EventStore
from eventstore_django.models import Stream
from eventstore_django.testing.contract.undecodable import write_undecodable

from .contents import kept, several


@pytest.mark.parametrize("version", range(2, 8))
def test_a_stream_is_read_by_way_of_the_cache_with_such_an_event_at_any_place(
    store: EventStore, cached: CachedEventStore, version: int
) -> None:
    first = store.append("A-1", several(version - 1)).events[0]
    write_undecodable("default", first, "infinity", "created_at", event_version=version)
    Stream.objects.filter(pk="A-1").update(version=version)
    if version < 7:
        store.append("A-1", several(7 - version))
    for _ in range(3):
        found = cached.get_events("A-1")
        assert [event.event_version for event in found] == [1, 2, 3, 4, 5, 6, 7]
        assert ["created_at" in event.undecodable for event in found].index(True) == version - 1
    assert kept("A-1")
