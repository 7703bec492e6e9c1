"""What the indexes of filters cost an append, to a log of a million events."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from django.db import connections

from eventstore_django import EventStore, NewEvent

from . import floor
from .measuring import Figure, in_turns, timed
from .pages import filled

_EVENTS = "eventstore_events"
_INDEXES = {
    "eventstore_event_aggregate": "(aggregate_id, position)",
    "eventstore_event_agg_type": "(aggregate_type, position)",
    "eventstore_event_occurred": "(occurred_at)",
    "eventstore_event_tenant_type": "(partition, event_type, position) WHERE partition IS NOT NULL",
}
_CHOICES = {
    "without them": [],
    "with aggregates and times": list(_INDEXES)[:3],
    "with all of them": list(_INDEXES),
}


def run(rounds: int) -> list[Figure]:
    """Append for a tenant, one event and 100 events a call, without the indexes and with them."""
    filled()
    figures = []
    try:
        for size, calls in ((1, 500), (100, 15)):
            contenders = {name: _appending(indexes, size, calls) for name, indexes in _CHOICES.items()}
            figures += in_turns(f"append {size} a call for a tenant", contenders, rounds)
    finally:
        _have(list(_INDEXES))
    return figures


def _appending(indexes: list[str], size: int, calls: int) -> Callable[[], float]:
    store = EventStore(using="default")

    def append() -> int:
        stream_id = f"a/Account/{uuid4()}"
        for _ in range(calls):
            store.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD) for _ in range(size)])
        return calls * size

    def contender() -> float:
        _have(indexes)
        return timed(append)

    return contender


def _have(indexes: list[str]) -> None:
    with connections["default"].cursor() as cursor:
        for name, definition in _INDEXES.items():
            if name in indexes:
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {_EVENTS} {definition}")
            else:
                cursor.execute(f"DROP INDEX IF EXISTS {name}")
