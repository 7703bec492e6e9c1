"""Logs of a given size, each in a database of its own beside that of the benchmarks; filled once and kept."""

from __future__ import annotations

from contextlib import suppress

from django.core.management import call_command
from django.db import connections
from psycopg import errors, sql

from eventstore_django.models import Event

from . import floor

STREAM_EVENTS = 20
CATEGORIES = 10
OPEN_STREAMS = 1000
"""Streams that are appended to by turns, before the next ones begin."""
_AT_A_TIME = 1_000_000
_CYCLE = STREAM_EVENTS * OPEN_STREAMS

# Ids ascend with time, as those of NewEvent do; names of streams are as random as theirs usually are.
_NAME = "md5('stream' || s)"
_CATEGORY = f"'Kind' || mod(s, {CATEGORIES})"
_STREAMS = f"""
INSERT INTO eventstore_streams (stream_id, version, category, aggregate_type, aggregate_id)
SELECT {_CATEGORY} || '-' || {_NAME}, {STREAM_EVENTS}, {_CATEGORY}, {_CATEGORY}, {_NAME}
FROM generate_series(%(first)s::bigint / {STREAM_EVENTS}, %(last)s::bigint / {STREAM_EVENTS} - 1) s
"""
_EVENTS = f"""
INSERT INTO eventstore_events (
    event_version, occurred_at, event_id, stream_id, category, aggregate_type, aggregate_id, event_type, event_data
)
SELECT mod(n, {_CYCLE}) / {OPEN_STREAMS} + 1, timestamptz '2025-01-01 00:00Z' + n * interval '1 second',
    overlay(md5('event' || n) placing lpad(to_hex(1735689600000 + n * 1000), 12, '0') || '7' from 1)::uuid,
    {_CATEGORY} || '-' || {_NAME}, {_CATEGORY}, {_CATEGORY}, {_NAME}, 'Happened' || mod(n, 7), %(payload)s::jsonb
FROM generate_series(%(first)s::bigint, %(last)s::bigint - 1) n,
    LATERAL (SELECT n / {_CYCLE} * {OPEN_STREAMS} + mod(n, {OPEN_STREAMS}) AS s) t
ORDER BY n
"""


def alias(events: int, like: str = "prepared") -> str:
    """Return the name of a connection to a log, with the options of one of the settings. Nothing is made yet."""
    name = f"{like}_log_{events}"
    settings = connections.databases[like]
    connections.databases[name] = {**settings, "NAME": f"{settings['NAME']}_log_{events}"}
    return name


def emptied() -> str:
    """Make a log of no events anew; return the name of its connection."""
    name = alias(0)
    connections[name].close()
    _create(name, anew=True)
    call_command("migrate", database=name, verbosity=0)
    return name


def filled(events: int) -> str:
    """Return the name of the connection to a log of so many events (a multiple of 20,000): filled, if it is not yet."""
    if events % _CYCLE:
        raise ValueError(f"{events} is not a multiple of {_CYCLE}")
    name = alias(events)
    _create(name)
    call_command("migrate", database=name, verbosity=0)
    stored = Event.objects.using(name).count()
    if stored < events:
        print(f"filling a log of {events:,} events", flush=True)
        # What an interrupted run has left is whole pieces.
        for first in range(stored, events, _AT_A_TIME):
            _fill(name, first, min(first + _AT_A_TIME, events))
        _settle(name)
    return name


def _create(name: str, *, anew: bool = False) -> None:
    database = sql.Identifier(connections.databases[name]["NAME"])
    with floor.connect() as connection:
        if anew:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        with suppress(errors.DuplicateDatabase):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(database))


def _fill(name: str, first: int, last: int) -> None:
    values = {"first": first, "last": last, "payload": floor.PAYLOAD_TEXT}
    with floor.connect(name) as connection, connection.transaction():
        for statement in (_STREAMS, _EVENTS):
            connection.execute(statement, values)


def _settle(name: str) -> None:
    """Do what autovacuum and the checkpointer do within minutes, so that they don't while it is measured."""
    with floor.connect(name) as connection:
        connection.execute("VACUUM ANALYZE eventstore_events, eventstore_streams")
        connection.execute("CHECKPOINT")
