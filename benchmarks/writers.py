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
        "8 bare inserters": partial(together, _bare, calls=CALLS),
        "8 appenders, Django's defaults": partial(together, _store, "default", calls=CALLS),
        "8 appenders, recommended": partial(together, _store, "prepared", calls=CALLS),
    }
    figures = in_turns("append one event, 8 writers", contenders, rounds)
    contenders = {
        "8 appenders, hints off": partial(together, _quiet, "default", calls=CALLS),
        "8 appenders, hints on": partial(together, _store, "default", calls=CALLS),
    }
    return figures + in_turns("NOTIFICATIONS, 8 writers", contenders, rounds)


def _bare() -> Work:
    cursor = floor.connect().cursor()
    stream_id = f"Account-{uuid4()}"
    return lambda number: floor.insert(cursor, stream_id, number)


def _store(alias: str) -> Work:
    store = EventStore(using=alias)
    stream_id = f"Account-{uuid4()}"
    return lambda number: store.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD)])


def _quiet(alias: str) -> Work:
    settings.EVENTSTORE = {"NOTIFICATIONS": False}
    return _store(alias)
