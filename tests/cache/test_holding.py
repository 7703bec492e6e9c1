"""What is kept must hold: histories that were lost, values that are damaged, caches that are away."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections

from eventstore_django import CachedEventStore, EventStore

from .contents import assert_same, kept, put, several, statements

SQLITE = pytest.mark.django_db(databases=["sqlite"], transaction=True)


def _lose_from(version: int) -> None:
    """What a failover or a restored backup does: the newest events were never there."""
    with connections["sqlite"].cursor() as cursor:
        cursor.execute("DELETE FROM eventstore_events WHERE event_version >= %s", [version])
        cursor.execute("UPDATE eventstore_streams SET version = %s", [version - 1])


def test_a_stream_of_the_same_name_in_an_emptied_database_is_another(
    store: EventStore, cached: CachedEventStore
) -> None:
    events = several(4)
    store.append("A-1", events)
    old = assert_same(cached, store, "A-1")
    call_command("flush", interactive=False, verbosity=0)
    store.append("A-1", events)  # with the same ids, and maybe at the same positions
    assert assert_same(cached, store, "A-1") != old


@SQLITE
@pytest.mark.parametrize("lost", range(1, 8))
def test_events_of_a_lost_history_are_not_read(lost: int) -> None:
    store = EventStore(using="sqlite")
    cached = CachedEventStore(store)
    store.append("A-1", several(7))
    assert_same(cached, store, "A-1")
    _lose_from(lost)
    assert_same(cached, store, "A-1")
    store.append("A-1", several(7))
    assert_same(cached, store, "A-1")


@SQLITE
@pytest.mark.parametrize("number", range(4))
def test_a_chunk_of_a_lost_history_among_those_of_the_new_one_is_not_read(number: int) -> None:
    store = EventStore(using="sqlite")
    cached = CachedEventStore(store)
    store.append("A-1", several(8))
    assert_same(cached, store, "A-1")
    lost = kept("A-1", "sqlite")
    _lose_from(1)
    store.append("A-1", several(8))
    assert_same(cached, store, "A-1")
    put("A-1", {number: lost[number]}, "sqlite")
    assert_same(cached, store, "A-1")


@pytest.mark.parametrize("number", range(3))
def test_an_evicted_chunk_is_read_again(store: EventStore, cached: CachedEventStore, number: int) -> None:
    store.append("A-1", several(7))
    assert_same(cached, store, "A-1")
    values = kept("A-1")
    cache.clear()
    put("A-1", {other: value for other, value in values.items() if other != number})
    assert statements(lambda: assert_same(cached, store, "A-1")) > 2
    assert sorted(kept("A-1")) == [0, 1, 2]
    assert statements(lambda: cached.get_events("A-1")) == 1


def _damaged(value: Any) -> list[Any]:
    erased, before, columns = value
    return [
        b"\x80garbage",
        "text",
        7,
        (),
        (erased, before),
        (erased, before, None),
        (erased, before, []),
        (erased, before, columns[:-1]),
        (erased, before, [*columns, columns[0]]),
        (erased, before, [column[:1] for column in columns]),
        (erased, before, [column[1:] for column in columns]),
        (erased, before, [columns[0][:1], *columns[1:]]),
        (erased, before, [columns[0], ["no id", "no id"], *columns[2:]]),
        (erased, before, [*columns[:4], [[], []], *columns[5:]]),
        (erased, before, [None] * len(columns)),
        (erased + 1, before, columns),
    ]


@pytest.mark.parametrize("kind", range(16))
def test_a_value_that_is_something_else_is_not_read(store: EventStore, cached: CachedEventStore, kind: int) -> None:
    store.append("A-1", several(6))
    assert_same(cached, store, "A-1")
    values = kept("A-1")
    put("A-1", {1: _damaged(values[1])[kind]})
    assert_same(cached, store, "A-1")
    assert kept("A-1") == values


def test_a_chunk_in_the_place_of_another_is_not_read(store: EventStore, cached: CachedEventStore) -> None:
    store.append("A-1", several(6))
    assert_same(cached, store, "A-1")
    values = kept("A-1")
    put("A-1", {0: values[1], 1: values[0], 2: values[1]})
    assert_same(cached, store, "A-1")


@pytest.mark.parametrize("before", ["other", None, (), (1, 2, "3")])
def test_a_chunk_that_follows_something_else_is_not_linked(
    store: EventStore, cached: CachedEventStore, before: object
) -> None:
    store.append("A-1", several(6))
    assert_same(cached, store, "A-1")
    erased, _, columns = kept("A-1")[1]
    put("A-1", {1: (erased, before, columns)})
    assert_same(cached, store, "A-1")


def test_a_cache_that_is_away_is_logged_and_the_database_answers(
    store: EventStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.append("A-1", several(6))
    cached = CachedEventStore(store, cache="broken")
    with caplog.at_level(logging.WARNING, "eventstore_django.cache"):
        assert_same(cached, store, "A-1")
    # Nothing is sent to a cache that did not answer: a timeout a read is enough.
    assert [record.getMessage() for record in caplog.records] == ["The cache 'broken' could not be read."] * 2


def test_a_cache_that_takes_nothing_is_logged_and_the_database_answers(
    store: EventStore, cached: CachedEventStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError("full")

    monkeypatch.setattr("tests.cache.caches.HookedCache.set_many", full)
    store.append("A-1", several(6))
    assert_same(cached, store, "A-1")
    assert {record.getMessage() for record in caplog.records} == {"The cache 'default' could not be written to."}
