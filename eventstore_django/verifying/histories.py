"""What is stored of a stream: its row, its events, and what an erasure has removed of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Q

from ..backends import Backend
from ..backends.columns import as_text
from ..encoding import Undecodable
from ..models import ErasedEvent

# Events in memory at a time.
_FETCH = 2000
_UNKNOWN = datetime.max.replace(tzinfo=UTC)


class StreamRow(NamedTuple):
    """The row of a stream."""

    stream_id: str
    version: int
    category: str
    partition: str | None
    aggregate_type: str
    aggregate_id: str


class Entry(NamedTuple):
    """A version of a stream: an event, or the line of one that was removed."""

    stream_id: str
    version: int
    position: int
    is_erased: bool
    created_at: datetime | Undecodable = _UNKNOWN
    category: str = ""
    partition: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A stream. Its entries can be gone through once, in the order of their versions."""

    name: str
    row: StreamRow | None
    entries: Iterable[Entry]


_EVENT = ("stream_id", "event_version", "position", as_text("created_at"), "category", "partition")
_ERASED = ("stream_id", "event_version", "position")
_KEY = itemgetter(0, 1)


def histories(backend: Backend, condition: Q) -> Iterator[History]:
    """Give the history of each stream, also of one that has no row or no events. Use one before the next."""
    rows = {row[0]: StreamRow(*row) for row in backend.streams.filter(condition).values_list(*StreamRow._fields)}
    # With equal versions a removed one comes first.
    entries = merge(_erased(backend, condition), _events(backend, condition), key=_KEY)
    for name, found in groupby(entries, key=itemgetter(0)):
        yield History(name, rows.pop(name, None), found)
    for name, row in rows.items():
        yield History(name, row, ())


def _events(backend: Backend, condition: Q) -> Iterator[Entry]:
    # By the server's cursor: pages by key would be sorted anew for each, where the planner has no statistics,
    # as after a restore.
    rows = backend.events.filter(condition).order_by("stream_id", "event_version").values_list(*_EVENT)
    for stream_id, version, position, created_at, category, partition in rows.iterator(chunk_size=_FETCH):
        yield Entry(stream_id, version, position, False, backend.moment(created_at), category, partition)


def _erased(backend: Backend, condition: Q) -> Iterator[Entry]:
    lines = ErasedEvent.objects.using(backend.alias).filter(condition, operation="DELETE")
    rows = lines.order_by("stream_id", "event_version").values_list(*_ERASED)
    for stream_id, version, position in rows.iterator(chunk_size=_FETCH):
        yield Entry(stream_id, version, position, True)
