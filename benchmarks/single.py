"""One writer, one event a call, outside of a transaction."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from eventstore_django import EventStore, NewEvent

from . import floor
from .measuring import Figure, in_turns, timed

CALLS = 1000


def run(rounds: int) -> list[Figure]:
    """Append to a new stream, with Django's default connection and with the recommended one."""
    contenders = {
        "bare prepared INSERT": lambda: timed(bare),
        "append, Django's defaults": lambda: timed(store("default")),
        "append, recommended": lambda: timed(store("prepared")),
    }
    return in_turns("append one event, one writer", contenders, rounds)


def bare() -> int:
    """Insert into a new stream; return the number of events."""
    stream_id = f"Account-{uuid4()}"
    for version in range(1, CALLS + 1):
        floor.insert(floor.cursor(), stream_id, version)
    return CALLS


def store(alias: str) -> Callable[[], int]:
    """Return the work of appending to a new stream through a connection."""
    events = EventStore(using=alias)

    def work() -> int:
        stream_id = f"Account-{uuid4()}"
        for _ in range(CALLS):
            events.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD)])
        return CALLS

    return work
