"""What the tests append, and what they look at."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from eventstore_django import EventStore, NewEvent, RecordedEvent
from eventstore_django.identifiers import new_event_id
from eventstore_django.names import StreamName

from .sessions import rows, value

SEQUENCE = "eventstore_events_position_seq"

_COLUMNS = (
    "stream_id, event_version, category, aggregate_type, aggregate_id, event_id, event_type, occurred_at, event_data"
)
_ROW = "(%s, %s, %s, 'Raw', '1', %s, 'Written', now(), '{}')"
INSERT = f"INSERT INTO eventstore_events ({_COLUMNS}) VALUES "
COPY = f"COPY eventstore_events ({_COLUMNS}) FROM STDIN"


def event(event_type: str = "Happened") -> NewEvent:
    """Return a new event."""
    return NewEvent(event_type, {})


def events(count: int) -> list[NewEvent]:
    """Return that many new events."""
    return [event() for _ in range(count)]


def read(store: EventStore, from_position: int = 1) -> list[str]:
    """Return the streams of what a reader of everything sees, in its order."""
    return streams_of(store.get_all_events(from_position))


def streams_of(found: Iterable[RecordedEvent]) -> list[str]:
    """Return the streams of these events, in their order."""
    return [recorded.stream_id for recorded in found]


def last_position() -> int:
    """Return the position that the sequence gave out last."""
    position: int = value(f"SELECT coalesce(pg_sequence_last_value('{SEQUENCE}'), 0)")
    return position


def shown() -> list[tuple[int | None, int]]:
    """Return pid and key of every position lock in this database."""
    return rows(
        "SELECT pid, objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 "
        "AND classid = eventstore_position_lock_class()::oid "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY objid::bigint"
    )


def insert(stream_id: str, *versions: int) -> None:
    """Write events past the append: one INSERT, as psql would."""
    params = [part for version in versions for part in (stream_id, version, _category(stream_id), new_event_id())]
    with connection.cursor() as cursor:
        cursor.execute(INSERT + ", ".join([_ROW] * len(versions)), params)


def copy(stream_id: str, *versions: int) -> None:
    """Write events past the append: COPY, as a restore would."""
    with connection.cursor() as cursor, cursor.copy(COPY) as lines:
        for version in versions:
            row = (stream_id, version, _category(stream_id), "Raw", "1", str(new_event_id()), "Written", "now", "{}")
            lines.write_row(row)


def _category(stream_id: str) -> str:
    return StreamName.parse(stream_id).category
