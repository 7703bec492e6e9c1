"""The floor: bare psycopg on one table with the same two unique keys, statements prepared, nothing checked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connections

PAYLOAD = {
    "owner": "Ada Lovelace",
    "amount": "120.50",
    "currency": "EUR",
    "note": "x" * 200,
    "items": [1, 2, 3],
    "confirmed": True,
}
PAYLOAD_TEXT = json.dumps(PAYLOAD)

TABLE = """
DROP TABLE IF EXISTS bare_events;
CREATE TABLE bare_events (
    position bigint GENERATED ALWAYS AS IDENTITY,
    event_version bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    event_id uuid NOT NULL UNIQUE,
    stream_id varchar(255) NOT NULL,
    event_type varchar(100) NOT NULL,
    event_data jsonb NOT NULL,
    metadata jsonb NOT NULL,
    UNIQUE (stream_id, event_version)
)
"""
"""The table, made anew."""
INSERT = (
    "INSERT INTO bare_events (event_version, occurred_at, event_id, stream_id, event_type, event_data, metadata) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING position"
)
"""One event."""
_COPY = (
    "COPY bare_events (event_version, occurred_at, event_id, stream_id, event_type, event_data, metadata) FROM STDIN"
)
_SELECT = (
    "SELECT position, event_id, stream_id, event_version, event_type, event_data::text, metadata::text, occurred_at, "
    "created_at FROM bare_events WHERE stream_id = %s ORDER BY event_version"
)
_PAGE = _SELECT.replace("stream_id = %s ORDER BY event_version", "position > %s ORDER BY position LIMIT 1000")


def connect(alias: str = "default") -> psycopg.Connection[Any]:
    """Open a connection beside Django's, to the same database."""
    parameters = connections[alias].get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    return psycopg.connect(**parameters, autocommit=True)


@cache
def cursor() -> psycopg.Cursor[Any]:
    """Return one cursor for the whole run, as Django keeps its connection: opening it is not what is measured."""
    return connect().cursor()


def create_table() -> None:
    """Make the table anew."""
    with connect() as connection:
        connection.execute(TABLE)


def insert(cursor: psycopg.Cursor[Any], stream_id: str, version: int) -> None:
    """Insert one event by one prepared statement."""
    cursor.execute(INSERT, _row(stream_id, version), prepare=True)
    cursor.fetchone()


def copy(cursor: psycopg.Cursor[Any], stream_id: str, versions: Iterable[int]) -> None:
    """Insert an event for each version by one COPY, which is one transaction and gives no positions."""
    copy_rows(cursor, (_row(stream_id, version) for version in versions))


def copy_rows(cursor: psycopg.Cursor[Any], rows: Iterable[tuple[Any, ...]]) -> None:
    """Copy rows of the columns that ``INSERT`` names."""
    with cursor.copy(_COPY) as copied:
        for row in rows:
            copied.write_row(row)


def read_page(cursor: psycopg.Cursor[Any], position: int) -> list[tuple[Any, ...]]:
    """Read a page of the table by position, decoded; it knows nothing of transactions that are under way."""
    rows = cursor.execute(_PAGE, (position,), prepare=True).fetchall()
    return [(*row[:5], json.loads(row[5]), json.loads(row[6]), *row[7:]) for row in rows]


def read(cursor: psycopg.Cursor[Any], stream_id: str) -> list[tuple[Any, ...]]:
    """Read a stream and decode its payloads, with nothing around them."""
    rows = cursor.execute(_SELECT, (stream_id,), prepare=True).fetchall()
    return [(*row[:5], json.loads(row[5]), json.loads(row[6]), *row[7:]) for row in rows]


def _row(stream_id: str, version: int) -> tuple[Any, ...]:
    return version, datetime.now(UTC), uuid4(), stream_id, "Deposited", PAYLOAD_TEXT, "{}"
