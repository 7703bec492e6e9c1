"""Several events in one call: to one stream, and to fifty streams at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

from eventstore_django import AppendOperation, EventStore, NewEvent

from . import floor
from .measuring import Figure, in_turns, timed

EVENTS = 2000


def run(rounds: int) -> list[Figure]:
    """Append 10 and 100 events a call, and one event to each of 50 streams; the floor inserts row by row."""
    figures = []
    for size in (10, 100):
        contenders = {
            f"bare INSERTs, {size} a transaction": partial(timed, partial(_bare, size)),
            f"append of {size}": partial(timed, _store(size)),
        }
        figures += in_turns(f"append {size} events a call", contenders, rounds)
    contenders = {
        "bare INSERTs, 50 a transaction": partial(timed, partial(_bare, 50)),
        "append_batch, 50 streams": partial(timed, _streams),
    }
    return figures + in_turns("append to 50 streams at once", contenders, rounds)


def _bare(size: int) -> int:
    stream_id = f"Account-{uuid4()}"
    cursor = floor.cursor()
    for first in range(1, EVENTS + 1, size):
        with cursor.connection.transaction():
            for version in range(first, first + size):
                floor.insert(cursor, stream_id, version)
    return EVENTS


def _store(size: int) -> Callable[[], int]:
    store = EventStore(using="default")

    def work() -> int:
        stream_id = f"Account-{uuid4()}"
        for _ in range(EVENTS // size):
            store.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD) for _ in range(size)])
        return EVENTS

    return work


def _streams() -> int:
    store = EventStore(using="default")
    names = [f"Account-{uuid4()}" for _ in range(50)]
    for _ in range(EVENTS // 50):
        store.append_batch([AppendOperation(name, [NewEvent("Deposited", floor.PAYLOAD)]) for name in names])
    return EVENTS
