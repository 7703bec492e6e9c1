"""A worker and writers through PgBouncer in transaction mode: no LISTEN, no session state, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import psycopg
import pytest
from django.db import connection

from eventstore_django import EventStore
from tests.concurrency.material import event
from tests.concurrency.processes import Workers

from . import poolers, traces
from .commands import Commands
from .pool_writers import write

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(poolers.PROGRAM is None, reason="needs the program pgbouncer (Debian package pgbouncer)"),
]

SIZE = 3
"""Server connections: fewer than there are clients."""
WRITERS = 3
APPENDS = 150
SETTINGS = {"POLL_INTERVAL": 0.2}
# The pooler itself looks after these two.
STATE = (
    "SELECT pg_backend_pid(), ARRAY(SELECT pg_listening_channels()), ARRAY(SELECT name || '=' || setting "
    "FROM pg_settings WHERE source = 'session' AND name NOT IN ('application_name', 'TimeZone')), "
    "ARRAY(SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())"
)


@pytest.fixture
def pooler(traced: None) -> Iterator[str]:
    """The URL of the database behind the pooler."""
    connection.ensure_connection()
    with poolers.pooled(SIZE) as url:
        yield url


def states(url: str) -> list[tuple[Any, ...]]:
    """Return what each server connection has kept of its clients."""
    with ExitStack() as opened:
        clients = [opened.enter_context(psycopg.connect(url)) for _ in range(SIZE)]
        # Each stays in its transaction, and so has a server connection of its own.
        found = [client.execute(STATE).fetchone() for client in clients]
    assert len({row[0] for row in found if row}) == SIZE
    return [row[1:] for row in found if row]


def test_every_event_takes_effect_exactly_once(store: EventStore, commands: Commands, pooler: str) -> None:
    command = commands.start("four", settings=SETTINGS, environment={"DATABASE_URL": pooler})
    command.told("claimed")
    with closing(Workers(pooler)) as writers:
        writers.results([writers.start(write, number, APPENDS) for number in range(WRITERS)], 120)
    command.until(lambda: traces.lag("four") == 0, "did not handle everything")
    # A live one too, found by looking.
    store.append("Account-1", [event()])
    command.until(lambda: traces.lag("four") == 0, "did not handle it")
    traces.assert_exactly_once("four")
    assert command.terminate() == 0


def test_it_says_that_listening_does_not_work(store: EventStore, commands: Commands, pooler: str) -> None:
    command = commands.start("four", settings=SETTINGS, environment={"DATABASE_URL": pooler})
    command.told("claimed")
    command.until(lambda: "LISTEN does not work here" in command.output, "does not say it", 10)


def test_nothing_of_a_worker_stays_in_the_pooled_sessions(store: EventStore, commands: Commands, pooler: str) -> None:
    before = states(pooler)
    command = commands.start("four", settings=SETTINGS, environment={"DATABASE_URL": pooler})
    store.append("Account-1", [event()])
    command.told("claimed")
    command.until(lambda: traces.lag("four") == 0, "did not handle it")
    assert command.terminate() == 0
    assert states(pooler) == before == [([], [], [])] * SIZE
