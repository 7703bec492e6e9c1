"""Appends from one event loop, one after the other and all at once, beside those of one thread."""

from __future__ import annotations

import asyncio
from functools import partial
from uuid import uuid4

from eventstore_django import EventStore, NewEvent

from . import floor
from .measuring import Figure, in_turns, timed

CALLS = 1000


def run(rounds: int) -> list[Figure]:
    """Append to a new stream; Django runs all that it is asked for by one loop in one thread."""
    contenders = {
        "append, one thread": partial(timed, _thread),
        "await aappend, one by one": partial(timed, lambda: asyncio.run(_one_by_one())),
        "aappend, gather": partial(timed, lambda: asyncio.run(_gathered())),
    }
    return in_turns("append one event, one event loop", contenders, rounds)


def _thread() -> int:
    store, stream_id = _new()
    for _ in range(CALLS):
        store.append(stream_id, [_event()])
    return CALLS


async def _one_by_one() -> int:
    store, stream_id = _new()
    for _ in range(CALLS):
        await store.aappend(stream_id, [_event()])
    return CALLS


async def _gathered() -> int:
    store, stream_id = _new()
    results = await asyncio.gather(*(store.aappend(stream_id, [_event()]) for _ in range(CALLS)))
    return len(results)


def _new() -> tuple[EventStore, str]:
    return EventStore(using="prepared"), f"Account-{uuid4()}"


def _event() -> NewEvent:
    return NewEvent("Deposited", floor.PAYLOAD)
