"""What the handlers of these tests do: leave a trace in the database, then what the event says.

A trace has no key that would hide a second one. Where an event says ``wait`` and the like, files in the
directory of the test tell how far the handler is, and let it go on.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from time import sleep

from django.db import connection

from eventstore_django import RecordedEvent
from eventstore_django.subscriptions.context import event_context

DIRECTORY = "WORKERS_DIRECTORY"
"""Environment variable with the directory of the test."""
HEALED = "healed"
"""File from which on nothing fails any more."""
DEADLY_EXIT = 9

_EFFECT = (
    "INSERT INTO worker_effects (subscription, shard, position, stream, version, attempt, pid) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
_COUNT = (
    "INSERT INTO worker_counts (subscription, stream, number) VALUES (%s, %s, 1) "
    "ON CONFLICT (subscription, stream) DO UPDATE SET number = worker_counts.number + 1"
)


def handle(event: RecordedEvent) -> None:
    """Leave a trace in this transaction, do what the event says, and count."""
    leave_trace(event)
    obey(event)
    count(event)


def leave_trace(event: RecordedEvent) -> None:
    """Write who handled what; no other transaction ever waits for that."""
    context = event_context()
    place = (context.subscription, context.shard, event.position, event.stream_id, event.event_version)
    with connection.cursor() as cursor:
        cursor.execute(_EFFECT, (*place, context.attempt, os.getpid()))


def count(event: RecordedEvent) -> None:
    """Count in one row of each stream: it is locked until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, (event_context().subscription, event.stream_id))


def obey(event: RecordedEvent) -> None:
    """Do what the event says."""
    if what := event.payload.get("do"):
        _note_call(f"{what}-{event.position}-{os.getpid()}")
        if not (_directory() / HEALED).exists():
            _ORDERS[what](event)


def _wait(event: RecordedEvent) -> None:
    go = _directory() / f"go-{event.position}-{os.getpid()}"
    while not go.exists():
        sleep(0.01)


def _take(event: RecordedEvent) -> None:
    sleep(event.payload["seconds"])


def _step(event: RecordedEvent) -> None:
    step = _directory() / "step"
    while not step.exists():
        sleep(0.01)
    step.unlink()


def _wait_with_lock(event: RecordedEvent) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [event.payload["key"]])
    _wait(event)


def _ignore_time(event: RecordedEvent) -> None:
    while True:
        # The worker's own clock for how long it is patient.
        signal.setitimer(signal.ITIMER_REAL, 0)
        sleep(0.01)


def _hang(event: RecordedEvent) -> None:
    sleep(3600)


def _spin(event: RecordedEvent) -> None:
    while True:
        pass


def _die(event: RecordedEvent) -> None:
    os._exit(DEADLY_EXIT)


def _fail(event: RecordedEvent) -> None:
    raise ValueError("as the event says")


def _stumble(event: RecordedEvent) -> None:
    if event_context().attempt == 1:
        _fail(event)
    _hang(event)


def _relapse(event: RecordedEvent) -> None:
    calls = _directory() / f"relapse-{event.position}-{os.getpid()}"
    if len(calls.read_text().splitlines()) == 1:
        _fail(event)
    _hang(event)


def _lock(event: RecordedEvent) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [event.payload["key"]])


_ORDERS = {
    "wait": _wait,
    "step": _step,
    "holdon": _wait_with_lock,
    "outlast": _ignore_time,
    "take": _take,
    "hang": _hang,
    "spin": _spin,
    "die": _die,
    "fail": _fail,
    "stumble": _stumble,
    "relapse": _relapse,
    "lock": _lock,
}


def _directory() -> Path:
    return Path(os.environ[DIRECTORY])


def _note_call(name: str) -> None:
    # Not in the database: there it would be rolled back.
    with (_directory() / name).open("a") as file:
        file.write("called\n")
