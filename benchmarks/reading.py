"""A stream of 10,000 events, and the whole log in pages, decoded."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from eventstore_django import EventStore, NewEvent

from . import floor
from .measuring import Figure, in_turns, timed

EVENTS = 10_000
SHORT = 100


def run(rounds: int) -> list[Figure]:
    """Read streams of 10,000 and of 100 events, and the log in pages of 1,000."""
    figures = []
    for size, repeats in ((EVENTS, 1), (SHORT, 50)):
        stream_id = f"Account-{uuid4()}"
        _fill(stream_id, size)
        contenders = {
            "bare SELECT, json.loads": partial(timed, partial(_bare, stream_id, repeats)),
            "get_events, defaults": partial(timed, partial(_stream, "default", stream_id, repeats)),
            "get_events, recommended": partial(timed, partial(_stream, "prepared", stream_id, repeats)),
        }
        figures += in_turns(f"read a stream of {size:,}", contenders, rounds)
    contenders = {
        "bare SELECT by position": partial(timed, _bare_log),
        "get_all_events, 1,000 a page": partial(timed, _log),
    }
    return figures + in_turns("scan the log", contenders, rounds)


def _fill(stream_id: str, size: int) -> None:
    store = EventStore(using="default")
    with floor.connect() as connection, connection.cursor() as cursor, connection.transaction():
        for version in range(1, size + 1):
            floor.insert(cursor, stream_id, version)
    for start in range(0, size, 1000):
        store.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD) for _ in range(min(1000, size - start))])
    with floor.connect() as connection:
        # What autovacuum does within a minute: without statistics the first plans are guesses.
        connection.execute("CREATE INDEX IF NOT EXISTS bare_position ON bare_events (position)")
        connection.execute("ANALYZE")


def _bare(stream_id: str, repeats: int) -> int:
    return sum(len(floor.read(floor.cursor(), stream_id)) for _ in range(repeats))


def _bare_log() -> int:
    count, position = 0, 0
    while count < EVENTS and (page := floor.read_page(floor.cursor(), position)):
        count += len(page)
        position = page[-1][0]
    return count


def _stream(alias: str, stream_id: str, repeats: int) -> int:
    store = EventStore(using=alias)
    return sum(len(store.get_events(stream_id)) for _ in range(repeats))


def _log() -> int:
    store = EventStore(using="default")
    count, position = 0, 1
    while count < EVENTS and (page := store.get_all_events(position)):
        count += len(page)
        position = page[-1].position + 1
    return count
