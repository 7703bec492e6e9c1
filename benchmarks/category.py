"""A category that is a tenth of a log of a million events, in pages of 1,000, decoded."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import psycopg

from eventstore_django import EventStore

from . import floor, logs
from .measuring import Figure, in_turns, timed

EVENTS = 1_000_000
CATEGORY = "Kind3"
READ = 50_000
"""Events of a turn; there are twice as many."""

_PAGE = """
SELECT position, event_id, stream_id, event_version, event_type, event_data::text, metadata::text, occurred_at,
    created_at
FROM eventstore_events WHERE category = %s AND position > %s ORDER BY position LIMIT 1000
"""


def run(rounds: int) -> list[Figure]:
    """Read by ``get_category_events``; the floor reads the same rows, settled or not."""
    alias = logs.filled(EVENTS)
    defaults = logs.alias(EVENTS, like="default")
    with floor.connect(alias) as connection, connection.cursor() as cursor:
        contenders = {
            "bare SELECT, json.loads": partial(timed, partial(_bare, cursor)),
            "get_category_events, defaults": partial(timed, partial(_pages, EventStore(using=defaults))),
            "get_category_events, recommended": partial(timed, partial(_pages, EventStore(using=alias))),
        }
        return in_turns("read a tenth of the log", contenders, rounds)


def _bare(cursor: psycopg.Cursor[Any]) -> int:
    count, position = 0, 0
    while count < READ:
        rows = cursor.execute(_PAGE, (CATEGORY, position), prepare=True).fetchall()
        page = [(*row[:5], json.loads(row[5]), json.loads(row[6]), *row[7:]) for row in rows]
        count += len(page)
        position = page[-1][0]
    return count


def _pages(store: EventStore) -> int:
    count, position = 0, 1
    while count < READ:
        page = store.get_category_events(CATEGORY, position)
        count += len(page)
        position = page[-1].position + 1
    return count
