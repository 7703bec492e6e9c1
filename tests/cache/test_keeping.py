from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from eventstore_django import CachedEventStore, EventStore, NewEvent, upcaster
from eventstore_django.cache import shelves
from eventstore_django.cache import store as cached_stores
from eventstore_django.testing.event_types import temporary_event_types

from .contents import assert_same, kept, several, statements

if TYPE_CHECKING:
    from pytest_django import Settings


def test_only_whole_chunks_are_kept(store: EventStore, cached: CachedEventStore) -> None:
    store.append("A-1", several(5))
    cached.get_events("A-1")
    assert sorted(kept("A-1")) == [0, 1]


def test_a_kept_stream_is_read_in_one_statement_that_gives_only_its_end(
    store: EventStore, cached: CachedEventStore
) -> None:
    store.append("A-1", several(7))
    assert statements(lambda: cached.get_events("A-1")) > 1
    with CaptureQueriesContext(connections["default"]) as queries:
        events = cached.get_events("A-1")
    assert [event.event_version for event in events] == [1, 2, 3, 4, 5, 6, 7]
    (statement,) = [query["sql"] for query in queries.captured_queries]
    with connections["default"].cursor() as cursor:
        cursor.execute(statement)
        assert [row[3] for row in cursor.fetchall()] == [6, 7]


def test_what_is_appended_afterwards_is_read(store: EventStore, cached: CachedEventStore) -> None:
    for _ in range(5):
        cached.append("A-1", several(1))
        assert_same(cached, store, "A-1")


@pytest.mark.parametrize("first", range(1, 9))
@pytest.mark.parametrize("last", [*range(1, 10), None])
def test_every_range_is_that_of_the_database(
    store: EventStore, cached: CachedEventStore, first: int, last: int | None
) -> None:
    store.append("A-1", several(7))
    for _ in range(3):  # with nothing kept, with this range kept, with all kept
        assert cached.get_events("A-1", first, last) == store.get_events("A-1", first, last)
        assert list(cached.iter_events("A-1", first, last)) == store.get_events("A-1", first, last)
    cached.get_events("A-1")
    assert cached.get_events("A-1", first, last) == store.get_events("A-1", first, last)


def test_a_closed_range_is_one_statement(store: EventStore, cached: CachedEventStore) -> None:
    store.append("A-1", several(9))
    cached.get_events("A-1")
    for first, last in [(1, 4), (2, 5), (3, 3), (5, 8)]:
        assert statements(lambda first=first, last=last: cached.get_events("A-1", first, last)) == 1  # type: ignore[misc]


def test_walks_take_pages_from_the_cache(store: EventStore, cached: CachedEventStore, settings: Settings) -> None:
    settings.EVENTSTORE = {"CACHE_CHUNK_SIZE": 2, "READ_BATCH_SIZE": 4}
    store.append("A-1", several(10))
    assert list(cached.iter_events("A-1")) == store.get_events("A-1")
    assert sorted(kept("A-1")) == [0, 1, 2, 3, 4]
    assert statements(lambda: list(cached.iter_events("A-1"))) == 3


def test_what_may_be_rolled_back_is_not_kept(store: EventStore, cached: CachedEventStore) -> None:
    store.append("A-1", several(2))
    with transaction.atomic():
        store.append("A-1", several(2))
        assert_same(cached, store, "A-1")
        transaction.set_rollback(True)
    assert kept("A-1") == {}
    store.append("A-1", [NewEvent("Other", {}), *several(1)])
    assert_same(cached, store, "A-1")


def test_a_transaction_that_was_begun_by_hand_keeps_nothing(store: EventStore, cached: CachedEventStore) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("BEGIN")
        store.append("A-1", several(4))
        assert len(cached.get_events("A-1")) == 4
        cursor.execute("ROLLBACK")
    assert kept("A-1") == {}


def test_a_transaction_reads_what_is_kept(store: EventStore, cached: CachedEventStore) -> None:
    store.append("A-1", several(6))
    cached.get_events("A-1")
    with transaction.atomic():
        store.append("A-1", several(1))
        assert statements(lambda: cached.get_events("A-1")) == 1
        assert_same(cached, store, "A-1")


def test_events_from_the_cache_are_like_all_others(store: EventStore, cached: CachedEventStore) -> None:
    store.append("t/A/1", [NewEvent("Noted", {"a": [{"b": 1}]}, metadata={"c": "d"}, schema_version=3), *several(1)])
    cached.get_events("t/A/1")
    event, plain = cached.get_events("t/A/1")[0], store.get_events("t/A/1")[0]
    assert type(event) is type(plain)
    assert (event, hash(event), repr(event)) == (plain, hash(plain), repr(plain))
    assert pickle.loads(pickle.dumps(event)) == plain
    assert pickle.loads(pickle.dumps(event.event_id)) == plain.event_id
    with pytest.raises(FrozenInstanceError):
        event.position = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        event.event_id.int = 1  # type: ignore[misc]


def test_what_a_reader_does_to_a_payload_stays_its_own(store: EventStore, cached: CachedEventStore) -> None:
    store.append("A-1", several(2))
    for _ in range(2):
        for event in cached.get_events("A-1"):
            event.payload["tags"].append("b")
            event.metadata["e"] = 1
    assert_same(cached, store, "A-1")


def test_an_upcaster_that_is_new_is_used_at_once(store: EventStore, cached: CachedEventStore) -> None:
    store.append("A-1", several(2))
    assert_same(cached, store, "A-1")
    with temporary_event_types():

        @upcaster("Noted", from_version=1)
        def renamed(payload: dict[str, object]) -> dict[str, object]:
            return {"count": payload["number"]}

        assert [event.payload for event in cached.get_events("A-1")] == [{"count": 1}, {"count": 2}]
        cache.clear()
        assert_same(cached, store, "A-1")
    assert [event.payload["number"] for event in cached.get_events("A-1")] == [1, 2]


def test_large_chunks_are_not_kept(
    store: EventStore, cached: CachedEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "MAX_BYTES", 2000)
    store.append("A-1", [*several(2), NewEvent("Noted", {"text": "x" * 2000}), *several(3)])
    assert_same(cached, store, "A-1")
    assert sorted(kept("A-1")) == [0, 2]


def test_a_read_of_a_very_long_stream_keeps_nothing(
    store: EventStore, cached: CachedEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached_stores, "MAX_CHUNKS", 3)
    store.append("A-1", several(9))
    assert_same(cached, store, "A-1")
    assert kept("A-1") == {}
    assert cached.get_events("A-1", 3, 7) == store.get_events("A-1", 3, 7)
    assert sorted(kept("A-1")) == [1, 2, 3]


def test_what_is_kept_goes_with_the_timeout(store: EventStore) -> None:
    store.append("A-1", several(4))
    CachedEventStore(store, timeout=0).get_events("A-1")
    assert kept("A-1") == {}


def test_the_same_event_ids_in_two_databases_do_not_mix(store: EventStore, cached: CachedEventStore) -> None:
    assert {key.split(":")[2] for key in _keys("A-1")} != {key.split(":")[2] for key in _keys("A-2")}
    assert shelves.Shelf.of("default", "default", "A-1") != shelves.Shelf.of("default", "sqlite", "A-1")


def _keys(stream_id: str) -> list[str]:
    return [shelves.Shelf.of("default", "default", stream_id)._key(number) for number in range(3)]


@pytest.mark.parametrize("name", ["é" * 255, "a b\u2028%/..", str(uuid4())])
def test_keys_are_such_that_every_cache_takes_them(name: str) -> None:
    key = shelves.Shelf.of("default", "default", name)._key(10**9)
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key
    assert len(key) < 100


def test_other_calls_go_to_the_wrapped_store(store: EventStore) -> None:
    class Counting(EventStore):
        asked = 0

        def head_position(self) -> int:
            self.asked += 1
            return super().head_position()

    wrapped = Counting(using="default")
    assert CachedEventStore(wrapped).head_position() == store.head_position()
    assert wrapped.asked == 1
    assert "default" in repr(CachedEventStore(wrapped))
