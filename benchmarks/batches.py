"""Several events in one call: to one stream, and to fifty streams at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

from eventstore_django import AppendOperation, EventStore, NewEvent

from . import floor
from .measuring import Figure, figures, in_turns, rates_in_turns, timed

EVENTS = 2000


def run(rounds: int) -> list[Figure]:
    """Append 10, 100 and 1,000 events a call, and one event to each of 50 streams.

    There are two floors: one inserts row by row, the other copies.
    """
    found = [figure for size in (10, 100, 1000) for figure in _one_stream(size, rounds)]
    contenders = {
        "bare INSERTs, 50 a transaction": partial(timed, partial(_bare, 50)),
        "append_batch, 50 streams": partial(timed, _streams),
    }
    return found + in_turns("append to 50 streams at once", contenders, rounds)


def _one_stream(size: int, rounds: int) -> list[Figure]:
    inserts, copy, append = f"bare INSERTs, {size} a transaction", f"bare COPY of {size}", f"append of {size}"
    contenders = {
        inserts: partial(timed, partial(_bare, size)),
        copy: partial(timed, partial(_copy, size)),
        append: partial(timed, _store(size)),
    }
    rates = rates_in_turns(contenders, rounds)
    benchmark = f"append {size} events a call"
    beside_copy = figures(f"{benchmark}, to COPY", {name: rates[name] for name in (copy, append)})
    return figures(benchmark, rates) + beside_copy


def _bare(size: int) -> int:
    stream_id = f"Account-{uuid4()}"
    cursor = floor.cursor()
    for first in range(1, EVENTS + 1, size):
        with cursor.connection.transaction():
            for version in range(first, first + size):
                floor.insert(cursor, stream_id, version)
    return EVENTS


def _copy(size: int) -> int:
    stream_id = f"Account-{uuid4()}"
    for first in range(1, EVENTS + 1, size):
        floor.copy(floor.cursor(), stream_id, range(first, first + size))
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
