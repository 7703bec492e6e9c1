"""Logs, damage done to them past every guard, and what a verification finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import connections

from eventstore_django import EventStore, NewEvent
from eventstore_django.verifying.findings import Finding
from eventstore_django.verifying.scopes import Scope
from eventstore_django.verifying.verification import Verification

_GUARDS = (
    ("eventstore_events", "eventstore_append_only"),
    ("eventstore_streams", "eventstore_no_stream_delete"),
)


def append(store: EventStore, stream: str, events: int = 3) -> None:
    """Append so many events, each in an append of its own."""
    for number in range(events):
        store.append(stream, [NewEvent("Happened", {"number": number})])


def damage(store: EventStore, sql: str, *params: Any) -> None:
    """Do something to the tables past their guards. The test's transaction takes it back."""
    with unguarded(store), connections[store.using].cursor() as cursor:
        cursor.execute(sql, params)


@contextmanager
def unguarded(store: EventStore) -> Iterator[None]:
    """Take the guards of stored events away for the block, as the owner of the tables can."""
    on_postgresql = connections[store.using].vendor == "postgresql"
    with on_postgresql_disabled() if on_postgresql else on_sqlite_dropped():
        yield


@contextmanager
def on_postgresql_disabled() -> Iterator[None]:
    with connections["default"].cursor() as cursor:
        for table, guard in _GUARDS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
        yield
        for table, guard in _GUARDS:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}")


@contextmanager
def on_sqlite_dropped() -> Iterator[None]:
    with connections["sqlite"].cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'eventstore%'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, sql in triggers:
            cursor.execute(sql)


def copy_event(stream: str, version: int, **changes: Any) -> None:
    """Store an event once more on PostgreSQL, with changes, as no append would."""
    kept = ("event_type", "category", "aggregate_type", "aggregate_id", "event_data", "occurred_at")
    columns = {"stream_id": stream, "event_version": version, "event_id": uuid4(), **changes}
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO eventstore_events ({', '.join((*columns, *kept))}) "
            f"SELECT {', '.join('%s' for _ in columns)}, {', '.join(kept)} "
            "FROM eventstore_events WHERE stream_id = %s AND event_version = %s",
            [*columns.values(), stream, version],
        )


def findings(store: EventStore, stream: str | None = None, from_position: int | None = None) -> list[Finding]:
    """Verify the log as a whole and its streams."""
    job = Verification(store, Scope(stream, from_position))
    return [*job.log(), *job.histories()]


def texts(store: EventStore, stream: str | None = None) -> list[str]:
    return [f"{finding.kind}: {finding.text}" for finding in findings(store, stream)]
