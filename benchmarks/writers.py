"""Eight writers at once, each on streams of its own, in processes of their own."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from django.conf import settings

from eventstore_django import EventStore, NewEvent

from . import floor
from .measuring import Figure, in_turns
from .together import Work, together

CALLS = 2000


def run(rounds: int) -> list[Figure]:
    """Start the writers, let them begin together, count what they stored a second."""
    contenders = {
        "8 bare inserters": partial(together, bare, calls=CALLS),
        "8 appenders, Django's defaults": partial(together, store, "default", calls=CALLS),
        "8 appenders, recommended": partial(together, store, "prepared", calls=CALLS),
    }
    figures = in_turns("append one event, 8 writers", contenders, rounds)
    contenders = {
        "8 appenders, hints off": partial(together, _quiet, "default", calls=CALLS),
        "8 appenders, hints on": partial(together, store, "default", calls=CALLS),
    }
    return figures + in_turns("NOTIFICATIONS, 8 writers", contenders, rounds)


def bare() -> Work:
    """Insert into a stream of one's own."""
    cursor = floor.connect().cursor()
    stream_id = f"Account-{uuid4()}"
    return lambda number: floor.insert(cursor, stream_id, number)


def store(alias: str) -> Work:
    """Append to a stream of one's own."""
    events = EventStore(using=alias)
    stream_id = f"Account-{uuid4()}"
    return lambda number: events.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD)])


def _quiet(alias: str) -> Work:
    settings.EVENTSTORE = {"NOTIFICATIONS": False}
    return store(alias)
