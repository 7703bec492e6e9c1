"""Readers that follow the log while it is written, each remembering the last position it saw."""

from __future__ import annotations

import random
from collections.abc import Callable
from time import sleep
from typing import Any, TypeAlias

from django.db import transaction

from eventstore_django import EventStore, RecordedEvent

from .log_writers import CATEGORY
from .sessions import rows

PAGE = 200

_LONGEST_PAUSE = 0.01

Page: TypeAlias = Callable[[int], list[int]]


def follow_all(finished: Any) -> list[int]:
    """Follow everything, checking the order of each stream; return the positions in the order seen."""
    return _follow(finished, _Checked(EventStore().get_all_events))


def follow_category(finished: Any) -> list[int]:
    """Follow one category."""
    store = EventStore()
    return _follow(finished, _Checked(lambda first, limit: store.get_category_events(CATEGORY, first, limit)))


def follow_in_transactions(finished: Any) -> list[int]:
    """Follow everything in transactions of a few pages each, as a subscription would."""
    page = _Checked(EventStore().get_all_events)
    seen: list[int] = []
    done = False
    while not done:
        with transaction.atomic():
            for _ in range(3):
                done = _next(finished, page, seen)
    return seen


def follow_naively(finished: Any) -> list[int]:
    """Follow everything as it is often done, and wrong."""
    return _follow(finished, _plain_page)


class _Checked:
    """Reads pages, and asserts that each stream comes in its own order without holes."""

    def __init__(self, read: Callable[[int, int], list[RecordedEvent]]) -> None:
        self.read = read
        self.versions: dict[str, int] = {}

    def __call__(self, last: int) -> list[int]:
        page = self.read(last + 1, PAGE)
        for event in page:
            assert event.event_version == self.versions.get(event.stream_id, 0) + 1, event
            self.versions[event.stream_id] = event.event_version
        return [event.position for event in page]


def _plain_page(last: int) -> list[int]:
    sql = "SELECT position FROM eventstore_events WHERE position > %s ORDER BY position LIMIT %s"
    return [position for (position,) in rows(sql, last, PAGE)]


def _follow(finished: Any, page: Page) -> list[int]:
    seen: list[int] = []
    while not _next(finished, page, seen):
        pass
    return seen


def _next(finished: Any, page: Page, seen: list[int]) -> bool:
    """Read on; return whether that was all there will be."""
    last_look: bool = finished.is_set()
    found = page(seen[-1] if seen else 0)
    seen += found
    sleep(random.uniform(0, _LONGEST_PAUSE))
    return last_look and not found
