"""Imports of the same file at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from eventstore_django import AppendOperation, EventStore, NewEvent
from eventstore_django.appending import load_plan
from eventstore_django.names import StreamName
from eventstore_django.plans import plan_load
from eventstore_django.transfer.importing import EventImport, ImportProgress

from .support import content_of, line, numbers, reading

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 600
THREADS = 3


@pytest.mark.parametrize("own_ids", [False, True])
def test_imports_of_one_file_at_once_store_every_event_once(own_ids: bool) -> None:
    content = content_of(*(numbered(number, own_ids) for number in range(COUNT)))
    found = at_once(lambda: EventImport(EventStore("default"), chunk_size=20).run(reading(content)))
    assert [progress.events for progress in found] == [COUNT] * THREADS
    assert sum(progress.stored for progress in found) == COUNT
    assert numbers() == list(range(COUNT))


def numbered(number: int, own_id: bool) -> bytes:
    return line(number, event_id=f"5f0c1c0e-3a52-4f6e-9c7e-{number:012}") if own_id else line(number)


def at_once(work: Callable[[], ImportProgress]) -> list[ImportProgress]:
    start = threading.Barrier(THREADS)

    def run() -> ImportProgress:
        try:
            connections["default"].ensure_connection()
            start.wait(timeout=30)
            return work()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(THREADS) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(THREADS)]]


def test_imports_beside_batches_on_the_same_streams_leave_no_hole_and_never_deadlock(settings: Any) -> None:
    # A deadlock is tried again, which would hide it.
    settings.EVENTSTORE = {"RETRIES": 0}
    names = [f"Account-{number:02}" for number in range(40)]
    content = content_of(*(line(number, stream_id=names[number % 40]) for number in range(2000)))
    store = EventStore("default")

    def batches() -> ImportProgress:
        for turn in range(40):
            given = [AppendOperation(name, [NewEvent("A", {"number": -1})]) for name in reversed(names)]
            store.append_batch(given[turn % 3 :])
        return ImportProgress()

    turns = iter([lambda: EventImport(store, chunk_size=40).run(reading(content)), batches, batches])
    at_once(lambda: next(turns)())
    for name in names:
        found = [event.event_version for event in store.get_events(name)]
        assert found == list(range(1, len(found) + 1))
        assert store.get_stream_version(name) == len(found)
    assert [number for number in numbers() if number >= 0] == list(range(2000))


def test_a_transaction_that_was_begun_by_hand_is_joined() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("BEGIN")
        EventImport(EventStore("default"), chunk_size=2).run(reading(content_of(line(1), line(2), line(3))))
        assert numbers() == [1, 2, 3]
        cursor.execute("ROLLBACK")
    assert numbers() == []


def test_readers_stay_below_what_is_copied_until_it_is_committed() -> None:
    store = EventStore("default")
    seen: list[int] = []

    def look() -> None:
        with ThreadPoolExecutor(1) as pool:
            seen.append(pool.submit(appended_and_watermark).result())

    def appended_and_watermark() -> int:
        try:
            position = store.append("Other-1", [NewEvent("A", {"number": 0})]).events[0].position
            return position - store.head_position()
        finally:
            connections["default"].close()

    plan = plan_load([(StreamName.parse("A-1"), NewEvent("A", {"number": number})) for number in range(2000)])
    load_plan("default", plan, look)
    # Something copied and not committed lies below what was appended meanwhile: the watermark is lower still.
    assert seen
    assert all(held > 0 for held in seen)
    assert len(store.get_all_events(1, 5000)) == 2000 + len(seen)
