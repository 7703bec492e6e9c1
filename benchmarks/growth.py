"""What a store costs as it grows: its room on disk, an append, a page at the end, the head."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from django.db import connections

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import Event

from . import floor, logs
from .measuring import Figure, Quantity, figures, in_turns, rates_in_turns, timed

SIZES = (100_000, 1_000_000)
CALLS = 1000
READS = 20
CATEGORY = "Kind0"

_ROOM = """
SELECT 'table of events', pg_table_size('eventstore_events')
UNION ALL SELECT replace(indexrelname, 'eventstore_event', 'index '), pg_relation_size(indexrelid)
FROM pg_stat_user_indexes WHERE relname = 'eventstore_events'
UNION ALL SELECT 'all indexes of events', pg_indexes_size('eventstore_events')
UNION ALL SELECT 'streams, all', pg_total_relation_size('eventstore_streams')
UNION ALL SELECT 'together', pg_total_relation_size('eventstore_events') + pg_total_relation_size('eventstore_streams')
ORDER BY 2
"""


def run(rounds: int) -> list[Figure | Quantity]:
    """Compare an empty store with filled ones on the same server, in turns; ``GROWTH_EVENTS`` adds a size."""
    sizes = sorted({*SIZES, int(os.environ.get("GROWTH_EVENTS", SIZES[-1]))})
    stores = {f"{size:,} events": EventStore(using=logs.filled(size)) for size in sizes}
    found: list[Figure | Quantity] = []
    for name, store in stores.items():
        found += _room(name, store.using)
    # Empty when it begins; what is read at its end is what the appends have left.
    stores = {"empty": EventStore(using=logs.emptied()), **stores}
    appending = {name: partial(timed, partial(_append, store)) for name, store in stores.items()}
    rates = rates_in_turns({"bare INSERT, empty table": partial(timed, _bare), **appending}, rounds)
    found += figures("append one event", rates)
    del rates["bare INSERT, empty table"]
    found += figures("append one event, to the empty one", rates)
    for work, reading in (("a page of $all at the end", _page), ("a category page", _category), ("the head", _head)):
        found += in_turns(work, {name: reading(store) for name, store in stores.items()}, rounds)
    return found


def _room(name: str, alias: str) -> list[Quantity]:
    # With those that earlier runs have appended.
    events = Event.objects.using(alias).count()
    with connections[alias].cursor() as cursor:
        cursor.execute(_ROOM)
        rows = cursor.fetchall()
    whole = rows[-1][1]
    return [Quantity(f"room, {name}", part, size / events, "B/event", size / whole) for part, size in rows]


def _bare() -> int:
    for stream in _names():
        for version in range(1, logs.STREAM_EVENTS + 1):
            floor.insert(floor.cursor(), stream, version)
    return CALLS


def _append(store: EventStore) -> int:
    for stream in _names():
        for _ in range(logs.STREAM_EVENTS):
            store.append(stream, [NewEvent("Happened1", floor.PAYLOAD)])
    return CALLS


def _names() -> list[str]:
    return [f"{CATEGORY}-{uuid4()}" for _ in range(CALLS // logs.STREAM_EVENTS)]


def _page(store: EventStore) -> Callable[[], float]:
    start = Event.objects.using(store.using).order_by("-position").values_list("position", flat=True)[CALLS - 1]
    return lambda: timed(lambda: sum(len(store.get_all_events(start)) == CALLS for _ in range(READS)))


def _category(store: EventStore) -> Callable[[], float]:
    positions = Event.objects.using(store.using).category(CATEGORY).order_by("-position")
    start = positions.values_list("position", flat=True)[CALLS - 1]
    return lambda: timed(lambda: sum(len(store.get_category_events(CATEGORY, start)) == CALLS for _ in range(READS)))


def _head(store: EventStore) -> Callable[[], float]:
    return lambda: timed(lambda: sum(store.head_position() > 0 for _ in range(CALLS)))
