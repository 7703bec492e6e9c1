"""A hot stream of 1,000 events, from the database and through cached stores; each payload is looked at."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from django.core.cache import caches
from django.db import connection

from eventstore_django import CachedEventStore, EventStore, NewEvent

from . import floor
from .measuring import Figure, in_turns, timed

CHUNKS = 1000
"""The stream whose events are all in whole chunks, but for the last one, which is the anchor."""
HALF_A_CHUNK = 50
TOGETHER = 10
"""Events of an append: they share the time at which they were stored."""
REPEATS = 20


def run(rounds: int) -> list[Figure]:
    """Read with the end of the stream at the end of a chunk, and amid one; with the caches of the settings."""
    figures = []
    for size in (CHUNKS, CHUNKS + HALF_A_CHUNK):
        stream_id = _filled(size)
        for alias, told in (("default", "defaults"), ("prepared", "recommended")):
            figures += in_turns(f"hot stream of {size:,}, {told}", _contenders(alias, stream_id), rounds)
    return figures


def _contenders(alias: str, stream_id: str) -> dict[str, Callable[[], float]]:
    store = EventStore(using=alias)
    stores = {"get_events": store}
    for cache in sorted(caches.settings.keys() - {"default"}):
        stores[f"cached, {cache}"] = CachedEventStore(store, cache=cache)
    contenders: dict[str, Callable[[], float]] = {
        name: partial(timed, partial(_read, each, stream_id)) for name, each in stores.items()
    }
    contenders["cached, nothing kept"] = partial(timed, partial(_read_anew, stores["cached, memory"], stream_id))
    return contenders


def _filled(size: int) -> str:
    stream_id = f"Account-{uuid4()}"
    for _ in range(size // TOGETHER):
        EventStore(using="default").append(stream_id, [NewEvent("Deposited", _payload()) for _ in range(TOGETHER)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return stream_id


def _payload() -> dict[str, object]:
    """Return the floor's payload with other values: equal ones would be kept once."""
    values = {"owner": f"{uuid4()}", "amount": f"{random.uniform(1, 1000):.2f}", "note": uuid4().hex * 6}
    return {**floor.PAYLOAD, **values, "items": [random.randrange(1000) for _ in range(3)]}


def _read(store: EventStore, stream_id: str) -> int:
    return sum(len([event.payload["amount"] for event in store.get_events(stream_id)]) for _ in range(REPEATS))


def _read_anew(store: EventStore, stream_id: str) -> int:
    count = 0
    for _ in range(REPEATS):
        caches["memory"].clear()
        count += len(store.get_events(stream_id))
    return count
