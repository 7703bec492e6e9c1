"""Imports of the same file at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from eventstore_django import EventStore
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
