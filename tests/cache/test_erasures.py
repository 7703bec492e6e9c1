"""What was erased is not read any more, at whatever moment it went, and does not stay in a cache."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache, caches
from django.db import transaction
from psycopg import IsolationLevel

from eventstore_django import CachedEventStore, EventStore
from eventstore_django.cache.shelves import Shelf
from eventstore_django.erasure import erasure
from eventstore_django.models import Event
from tests.concurrency.sessions import Session

from .caches import before
from .contents import assert_same, kept, put, several

if TYPE_CHECKING:
    from pytest_django import Settings

SECRET = "Ada Lovelace"
GONE = {"redacted": True}


@pytest.fixture
def stream(store: EventStore) -> str:
    events = several(7)
    for event in events:
        event.payload["name"] = SECRET
    store.append("A-1", events)
    return "A-1"


@pytest.fixture
def session(transactional_db: None) -> Iterator[Session]:
    session = Session()
    yield session
    session.close()


def redact(version: int | None = None) -> None:
    events = Event.objects.stream("A-1")
    with erasure(reason="request 7", actor="ada") as door:
        door.redact(events if version is None else events.filter(event_version=version), GONE)


def redact_past_the_lock(version: int) -> None:
    """Redact as SQL in an open erasure does, which takes no lock on the stream."""
    with erasure(reason="request 18", actor="privacy team"):
        Event._base_manager.filter(stream_id="A-1", event_version=version).update(payload=GONE)


def in_cache() -> bool:
    """Whether anything in the cache holds the secret, in the text of its pickles."""
    return any(SECRET.encode() in value for value in cache._cache.values())  # type: ignore[attr-defined]  # in memory


def test_a_redacted_event_is_read_redacted(store: EventStore, cached: CachedEventStore, stream: str) -> None:
    assert_same(cached, store, stream)
    redact(3)
    assert assert_same(cached, store, stream)[2].payload == GONE


def test_a_removed_event_is_not_read(store: EventStore, cached: CachedEventStore, stream: str) -> None:
    for version in (3, 2, 6, 7, 1, 4, 5):  # anchors, the open end, and in the end all
        assert_same(cached, store, stream)
        with erasure(reason="request 7", actor="ada") as door:
            door.remove(Event.objects.stream(stream).filter(event_version=version))
        found = assert_same(cached, store, stream)
        assert list(cached.iter_events(stream)) == found
        assert version not in [event.event_version for event in found]
        assert (version - 1) // 2 not in kept(stream)
    assert found == []


def test_what_was_erased_is_dropped_from_every_cache(
    store: EventStore, stream: str, settings: Settings, cached: CachedEventStore
) -> None:
    settings.CACHES = {**settings.CACHES, "other": {**settings.CACHES["default"], "LOCATION": "other"}}
    CachedEventStore(store, cache="other").get_events(stream)
    cached.get_events(stream)
    redact(3)
    assert sorted(kept(stream)) == [0, 2]
    assert Shelf.of("other", "default", stream).found(range(3)).keys() == {0, 2}  # type: ignore[union-attr]
    redact()
    assert kept(stream) == {}
    caches["other"].clear()


def test_an_erasure_that_is_undone_drops_nothing(store: EventStore, cached: CachedEventStore, stream: str) -> None:
    cached.get_events(stream)
    with transaction.atomic():
        redact()
        assert {"redacted": True} in [event.payload for event in cached.get_events(stream)]
        transaction.set_rollback(True)
    assert sorted(kept(stream)) == [0, 1, 2]
    assert assert_same(cached, store, stream)[0].payload["name"] == SECRET


def test_a_cache_that_is_away_does_not_hinder_an_erasure(
    store: EventStore, cached: CachedEventStore, stream: str, caplog: pytest.LogCaptureFixture
) -> None:
    cached.get_events(stream)
    redact(3)
    assert "could not be dropped from the cache 'broken'" in caplog.text
    assert_same(cached, store, stream)


def test_what_could_not_be_dropped_is_not_read(
    store: EventStore, cached: CachedEventStore, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached.get_events(stream)
    monkeypatch.setattr(Shelf, "drop", lambda self, numbers: None)
    redact(3)
    assert in_cache()
    assert assert_same(cached, store, stream)[2].payload == GONE


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_is_put_back_later_is_not_read(
    store: EventStore, cached: CachedEventStore, stream: str, moment: str
) -> None:
    cached.get_events(stream)
    old = kept(stream)
    redact(3)
    if moment == "after":
        cached.get_events(stream)
    put(stream, old)
    assert assert_same(cached, store, stream)[2].payload == GONE


def test_an_erasure_between_reading_and_keeping_leaves_nothing_behind(
    store: EventStore, cached: CachedEventStore, stream: str
) -> None:
    # The reader has the old events in hand; the erasure commits, and drops what is not there yet.
    with before("set_many", redact):
        assert cached.get_events(stream)[2].payload["name"] == SECRET
    assert not in_cache()
    assert assert_same(cached, store, stream)[2].payload == GONE


def test_an_erasure_between_the_two_statements_of_a_read_shows_as_a_whole_or_not_at_all(
    store: EventStore, cached: CachedEventStore, stream: str
) -> None:
    cached.get_events(stream)
    values = kept(stream)
    cache.clear()
    put(stream, {2: values[2]})
    # Chunk 2 is taken as it was before, and 0 and 1 are read afterwards.
    with before("get_many", redact):
        payloads = [event.payload for event in cached.get_events(stream)]
    assert payloads == [GONE] * 7
    assert not in_cache()
    assert_same(cached, store, stream)


def test_two_erasures_at_once_both_count(
    store: EventStore, cached: CachedEventStore, stream: str, session: Session
) -> None:
    session.begin()
    session.run(redact_past_the_lock, 1)
    redact(3)
    found = assert_same(cached, store, stream)
    assert (found[0].payload["name"], found[2].payload) == (SECRET, GONE)
    old = kept(stream)
    session.commit()  # the line of the first erasure is older than that of the second
    put(stream, old)
    found = assert_same(cached, store, stream)
    assert (found[0].payload, found[2].payload) == (GONE, GONE)


def test_a_transaction_with_an_older_snapshot_reads_its_own_time(
    store: EventStore, cached: CachedEventStore, stream: str
) -> None:
    reader = Session(IsolationLevel.REPEATABLE_READ)
    try:
        reader.begin()
        old = reader.run(store.get_events, stream)
        redact(3)
        cached.get_events(stream)
        assert reader.run(cached.get_events, stream) == old
        assert kept(stream)[1][-1][5][0] == GONE  # it keeps nothing of what it sees
        reader.commit()
        assert reader.run(cached.get_events, stream)[2].payload == GONE
    finally:
        reader.close()
