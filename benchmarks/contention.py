"""Eight writers on one stream: each says the version that it has seen, and tries again when it was too late."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

import psycopg

from eventstore_django import ConcurrencyError, EventStore, NewEvent

from . import floor
from .measuring import Figure, in_turns
from .together import Work, together

CALLS = 200

_VERSION = "SELECT coalesce(max(event_version), 0) FROM bare_events WHERE stream_id = %s"


def run(rounds: int) -> list[Figure]:
    """Count what was stored; the floor tries again after a unique violation."""
    contenders = {
        "8 bare inserters": partial(_on_one_stream, _bare),
        "8 appenders, Django's defaults": partial(_on_one_stream, partial(_store, "default")),
        "8 appenders, recommended": partial(_on_one_stream, partial(_store, "prepared")),
    }
    return in_turns("append to one stream, 8 writers", contenders, rounds)


def _on_one_stream(make: Callable[[str], Work]) -> float:
    return together(make, f"Hot-{uuid4()}", calls=CALLS)


def _bare(stream_id: str) -> Work:
    cursor = floor.connect().cursor()

    def insert(number: int) -> None:
        while True:
            (version,) = cursor.execute(_VERSION, (stream_id,), prepare=True).fetchone() or (0,)
            try:
                floor.insert(cursor, stream_id, version + 1)
            except psycopg.errors.UniqueViolation:
                continue
            return

    return insert


def _store(alias: str, stream_id: str) -> Work:
    store = EventStore(using=alias)

    def append(number: int) -> None:
        while True:
            version = store.get_stream_version(stream_id)
            try:
                store.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD)], expected_version=version)
            except ConcurrencyError:
                continue
            return

    return append
