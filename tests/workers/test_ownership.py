"""Each shard has one owner at a time: leases that run out, that are given back, and what the rows tell of it."""

from __future__ import annotations

from datetime import datetime
from time import monotonic

import pytest

from eventstore_django import AppendOperation, EventStore, NewEvent
from tests.concurrency.material import event, events
from tests.concurrency.sessions import rows, value

from . import traces
from .commands import Command, Commands

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = 3.0
SOON = 10.0
"""Seconds: more than anything here takes, and far less than the long leases."""


def pair(commands: Commands, lease: float) -> tuple[Command, Command]:
    """Start two workers that share four shards, the first with a lease of so many seconds."""
    first = commands.start("four", settings={"LEASE_SECONDS": lease})
    first.owns(4)
    second = commands.start("four", settings={"LEASE_SECONDS": LEASE})
    second.owns(2)
    return first, second


def claims_since(moment: datetime) -> list[datetime]:
    """Return when shards were claimed, by the database's clock."""
    found = rows(
        "SELECT min(at) FROM worker_owners WHERE owner IS NOT NULL GROUP BY shard, epoch HAVING min(at) > %s", moment
    )
    return sorted(at for (at,) in found)


def test_the_shards_of_a_killed_worker_are_taken_over_when_its_lease_has_run_out(
    store: EventStore, commands: Commands
) -> None:
    first, second = pair(commands, LEASE)
    first.kill()
    killed_at = value("SELECT clock_timestamp()")
    runs_out_at = max(shard.lease_until for shard in first.shards() if shard.lease_until)
    second.owns(4)
    claims = claims_since(killed_at)
    assert len(claims) == 2
    # Not before, even if it is as dead as can be.
    assert claims[0] > runs_out_at
    assert (claims[-1] - killed_at).total_seconds() < LEASE + SOON / 5
    traces.tenures()


def test_a_worker_that_stops_gives_its_shards_away_at_once(store: EventStore, commands: Commands) -> None:
    first, second = pair(commands, 600)
    asked_at = monotonic()
    assert first.terminate() == 0
    second.owns(4, seconds=SOON)
    store.append("Account-1", [event()])
    second.until(lambda: traces.handled("four"), "does not work on them", SOON)
    assert monotonic() - asked_at < 2 * SOON


def test_a_worker_that_was_ended_for_a_hanging_handler_gives_them_away_too(
    store: EventStore, commands: Commands
) -> None:
    store.append("Account-1", [NewEvent("Told", {"do": "hang"})])
    first = commands.start("impatient", settings={"LEASE_SECONDS": 600})
    first.owns(4)
    second = commands.start("impatient", settings={"LEASE_SECONDS": 600})
    assert first.wait(SOON) == 70
    second.owns(4, seconds=SOON)


def test_nobody_writes_for_a_shard_but_its_owner(store: EventStore, commands: Commands) -> None:
    running: list[Command] = []
    for turn in range(6):
        store.append_batch([AppendOperation(f"Account-{number}", events(5)) for number in range(30)])
        running.append(commands.start("eight", settings={"LEASE_SECONDS": 0.6, "POLL_INTERVAL": 0.1}))
        running[-1].until(running[-1].shards, "came to own nothing")
        if len(running) > 2:
            leaver = running.pop(0)
            leaver.kill() if turn % 2 else leaver.terminate()
    for command in running:
        command.until(lambda: traces.lag("eight") == 0, "did not handle everything")
    traces.assert_exactly_once("eight")
    traces.tenures()
    foreign = rows(
        "SELECT e.position, e.pid FROM worker_effects e WHERE NOT EXISTS (SELECT 1 FROM worker_owners o "
        "JOIN eventstore_subscription_shards s ON s.id = o.shard "
        "WHERE s.number = e.shard AND split_part(o.worker, ':', 2) = e.pid::text)"
    )
    assert foreign == []
