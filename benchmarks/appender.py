"""A process that appends at a steady pace. Apart from what it is measured by: it starts without Django's models."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import django
from django.conf import settings
from django.db import connections

from eventstore_django import EventStore, NewEvent

from . import floor

APPENDS = 300
PAUSE = 0.01


class Appender:
    """A process that appends to new streams, one event each, and then tells when it did."""

    def __init__(self, kind: str, *, notifications: bool, appends: int = APPENDS, pause: float = PAUSE) -> None:
        context = multiprocessing.get_context("spawn")
        self._answer, pipe = context.Pipe(duplex=False)
        self._process = context.Process(target=_append, args=(kind, notifications, appends, pause, pipe))
        self.sent: dict[str, float] = {}

    def __enter__(self) -> Appender:
        self._process.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.sent = self._answer.recv()
        self._process.join()


def _append(kind: str, notifications: bool, appends: int, pause: float, pipe: Any) -> None:
    django.setup()
    settings.EVENTSTORE = {"NOTIFICATIONS": notifications}
    append = _bare_append() if kind == "bare" else _store_append(kind)
    append("Warm-up")
    sent: dict[str, float] = {}
    due = time.monotonic()
    for _ in range(appends):
        stream_id = f"Latency-{uuid4()}"
        append(stream_id)
        sent[stream_id] = time.time()
        due += pause
        time.sleep(max(0.0, due - time.monotonic()))
    pipe.send(sent)
    connections.close_all()


def _bare_append() -> Callable[[str], None]:
    cursor = floor.connect().cursor()

    def append(stream_id: str) -> None:
        if stream_id == "Warm-up":
            return
        floor.insert(cursor, stream_id, 1)
        cursor.execute("SELECT pg_notify('bare_appended', %s)", [stream_id])

    return append


def _store_append(alias: str) -> Callable[[str], None]:
    store = EventStore(using=alias)

    def append(stream_id: str) -> None:
        store.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD)])

    return append
