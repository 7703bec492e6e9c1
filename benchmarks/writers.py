"""Eight writers at once, each on streams of its own, in processes of their own."""

from __future__ import annotations

import multiprocessing
import time
from typing import Any
from uuid import uuid4

import django
from django.conf import settings
from django.db import connections

from eventstore_django import EventStore, NewEvent

from . import floor
from .measuring import Figure, in_turns

WRITERS = 8
CALLS = 500


def run(rounds: int) -> list[Figure]:
    """Start the writers, let them begin together, count what they stored a second."""
    context = multiprocessing.get_context("spawn")
    contenders = {
        "8 bare inserters": lambda: _together(context, "bare"),
        "8 appenders, Django's defaults": lambda: _together(context, "default"),
        "8 appenders, recommended": lambda: _together(context, "prepared"),
    }
    figures = in_turns("append one event, 8 writers", contenders, rounds)
    contenders = {
        "8 appenders, hints off": lambda: _together(context, "quiet"),
        "8 appenders, hints on": lambda: _together(context, "default"),
    }
    return figures + in_turns("NOTIFICATIONS, 8 writers", contenders, rounds)


def _together(context: Any, kind: str) -> float:
    barrier = context.Barrier(WRITERS + 1)
    writers = [context.Process(target=_write, args=(kind, barrier)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    barrier.wait()
    start = time.perf_counter()
    barrier.wait()
    elapsed = time.perf_counter() - start
    for writer in writers:
        writer.join()
    return WRITERS * CALLS / elapsed


def _write(kind: str, barrier: Any) -> None:
    django.setup()
    if kind == "quiet":
        settings.EVENTSTORE = {"NOTIFICATIONS": False}
    append = _bare() if kind == "bare" else _store("default" if kind == "quiet" else kind)
    append(0)
    barrier.wait()
    for number in range(1, CALLS + 1):
        append(number)
    barrier.wait()
    connections.close_all()


def _bare() -> Any:
    cursor = floor.connect().cursor()
    stream_id = f"Account-{uuid4()}"
    return lambda number: floor.insert(cursor, stream_id, number)


def _store(alias: str) -> Any:
    store = EventStore(using=alias)
    stream_id = f"Account-{uuid4()}"
    return lambda number: store.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD)])
