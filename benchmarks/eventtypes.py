"""Reading 10,000 events: as they are, with every payload upcast, and as instances of a class. In CPU time."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from eventstore_django import EventStore, NewEvent, RecordedEvent, register_event, upcaster

from .measuring import Figure, in_turns

EVENTS = 10_000


@dataclass(frozen=True, slots=True)
class Priced:
    """An event with a few fields, one of them nested."""

    item: str
    price: str
    tags: list[str]


def run(rounds: int) -> list[Figure]:
    """Read three streams: of a type without a class, of one with a class, of one that has an upcaster too."""
    register_event("PricedTyped")(Priced)
    upcaster("PricedOld", from_version=1)(lambda payload: {**payload, "tags": []})
    streams = {name: _filled(name) for name in ("PricedPlain", "PricedTyped", "PricedOld")}
    contenders = {
        "payload, no class": partial(_read, streams["PricedPlain"], _payload),
        "payload, class": partial(_read, streams["PricedTyped"], _payload),
        "not asked for, upcaster": partial(_read, streams["PricedOld"], lambda event: None),
        "payload, upcast": partial(_read, streams["PricedOld"], _payload),
        "typed": partial(_read, streams["PricedTyped"], lambda event: event.typed),
    }
    return in_turns("read a stream of 10,000", contenders, rounds)


def _filled(event_type: str) -> str:
    store, stream_id = EventStore(using="prepared"), f"Item-{uuid4()}"
    payload = {"item": "a" * 20, "price": "12.50", "tags": ["new", "red"]}
    for _ in range(EVENTS // 1000):
        store.append(stream_id, [NewEvent(event_type, payload) for _ in range(1000)])
    return stream_id


def _read(stream_id: str, look: Callable[[RecordedEvent], object]) -> float:
    store = EventStore(using="prepared")
    gc.collect()
    # Of this process alone: what the types cost, whatever else the machine does.
    start = time.process_time()
    for event in store.get_events(stream_id):
        look(event)
    return EVENTS / (time.process_time() - start)


def _payload(event: RecordedEvent) -> object:
    return event.payload
