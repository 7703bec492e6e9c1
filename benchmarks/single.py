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
        "bare prepared INSERT": lambda: timed(_bare),
        "append, Django's defaults": lambda: timed(_store("default")),
        "append, recommended": lambda: timed(_store("prepared")),
    }
    return in_turns("append one event, one writer", contenders, rounds)


def _bare() -> int:
    stream_id = f"Account-{uuid4()}"
    for version in range(1, CALLS + 1):
        floor.insert(floor.cursor(), stream_id, version)
    return CALLS


def _store(alias: str) -> Callable[[], int]:
    store = EventStore(using=alias)

    def work() -> int:
        stream_id = f"Account-{uuid4()}"
        for _ in range(CALLS):
            store.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD)])
        return CALLS

    return work
