"""Streams of 10,000 and of 100 events, the whole log and a tenth of it in pages, decoded."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

from eventstore_django import AppendOperation, EventStore, NewEvent, RecordedEvent

from . import floor
from .measuring import Figure, in_turns, timed

EVENTS = 10_000
SHORT = 100

Page = Callable[[EventStore, int], list[RecordedEvent]]


def run(rounds: int) -> list[Figure]:
    """Read streams of 10,000 and of 100 events, and the log and a category in pages of 1,000."""
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
    for benchmark, name, page in (
        ("scan the log", "get_all_events", EventStore.get_all_events),
        ("scan a tenth of the log", "get_category_events", _category_page(_filled_category())),
    ):
        contenders = {
            "bare SELECT by position": partial(timed, _bare_log),
            f"{name}, defaults": partial(timed, partial(_log, "default", page)),
            f"{name}, recommended": partial(timed, partial(_log, "prepared", page)),
        }
        figures += in_turns(benchmark, contenders, rounds)
    return figures


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


def _filled_category() -> str:
    """Append to ten categories in turns; return one of them."""
    store = EventStore(using="default")
    categories = [f"Category{number}{uuid4().hex}" for number in range(10)]
    for batch in range(10 * EVENTS // 1000):
        numbers = range(1000 * batch, 1000 * (batch + 1))
        names = (f"{categories[number % 10]}-{number % 997}" for number in numbers)
        store.append_batch([AppendOperation(name, [NewEvent("Deposited", floor.PAYLOAD)]) for name in names])
    with floor.connect() as connection:
        connection.execute("VACUUM ANALYZE eventstore_events")
    return categories[4]


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


def _category_page(category: str) -> Page:
    return lambda store, position: store.get_category_events(category, position)


def _log(alias: str, page: Page) -> int:
    store = EventStore(using=alias)
    count, position = 0, 1
    while count < EVENTS and (events := page(store, position)):
        count += len(events)
        position = events[-1].position + 1
    return count
