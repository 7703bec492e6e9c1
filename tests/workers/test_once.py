"""``run_subscriptions --once``: to the head, and no further."""

from __future__ import annotations

import pytest

from eventstore_django import EventStore
from tests.concurrency.material import events

from . import traces
from .commands import Commands

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_handles_what_is_there_and_stops(store: EventStore, commands: Commands) -> None:
    for number in range(5):
        store.append(f"Account-{number}", events(30))
    command = commands.start("--once", "four", "one")
    assert command.wait() == 0, command.output
    traces.assert_exactly_once("four")
    traces.assert_exactly_once("one")
