"""A worker with nothing to do hardly shows."""

from __future__ import annotations

from collections import Counter
from time import monotonic

import pytest

from eventstore_django import EventStore
from tests.concurrency.material import event

from . import traces
from .apps import QUERIES
from .commands import Command, Commands

pytestmark = pytest.mark.django_db(transaction=True)

SUBSCRIPTIONS = [f"idle-{number}" for number in range(30)]
SECONDS = 11.0
"""Long enough for leases to be renewed, and shards to be looked at, more than once."""
PER_SECOND = 5
MOMENT = 1.0
"""Seconds: far more than passes between the statements of a transaction."""


def test_it_asks_little_and_holds_no_transaction_open(store: EventStore, commands: Commands) -> None:
    queries = commands.directory / "queries"
    command = commands.start(*SUBSCRIPTIONS, environment={QUERIES: str(queries)})
    store.append("Account-1", [event()])
    command.until(lambda: all(traces.handled(name) for name in SUBSCRIPTIONS), "did not handle it")
    # For a moment after an event it looks more often.
    command.rests(0.25)
    began, before = monotonic(), len(queries.read_text().splitlines())
    command.until(lambda: has_no_transaction(command) and monotonic() - began > SECONDS)
    asked = Counter(queries.read_text().splitlines()[before:])
    assert asked.total() <= PER_SECOND * (monotonic() - began), asked.most_common(10)
    # It is alive, and would have seen something.
    assert asked.total() >= monotonic() - began
    store.append("Account-1", [event()])
    command.until(lambda: len(traces.handled(SUBSCRIPTIONS[-1])) == 2, "did not handle it")


def has_no_transaction(command: Command) -> bool:
    assert not command.has_open_transaction(MOMENT)
    return {state for _, state in command.sessions()} == {"idle"}
