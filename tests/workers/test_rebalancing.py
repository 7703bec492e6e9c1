"""Work is shared anew when a worker comes or goes."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db.models.functions import Now

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import SubscriptionShard
from tests.concurrency.material import event

from . import traces
from .commands import Command, Commands

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 10.0
SHORT = {"LEASE_SECONDS": 1.0, "POLL_INTERVAL": 0.1}
LONG = {"LEASE_SECONDS": 600}


def shares(*workers: Command) -> list[int]:
    return sorted(len(worker.shards()) for worker in workers)


def test_who_joins_gets_a_fair_share_and_who_dies_loses_it(store: EventStore, commands: Commands) -> None:
    first = commands.start("eight", settings=SHORT)
    first.owns(8)
    second = commands.start("eight", settings=SHORT)
    second.owns(4)
    assert shares(first, second) == [4, 4]
    third = commands.start("eight", settings=SHORT)
    third.until(lambda: shares(first, second, third) == [2, 3, 3], "did not get its share")
    first.kill()
    third.until(lambda: shares(second, third) == [4, 4], "did not take over")
    second.kill()
    third.owns(8)
    for number in range(50):
        store.append(f"Account-{number}", [event()])
    third.until(lambda: traces.lag("eight") == 0, "does not work on all of them")
    traces.assert_exactly_once("eight")
    traces.tenures()


def test_what_is_given_up_for_another_is_taken_at_once(store: EventStore, commands: Commands) -> None:
    position = store.append("Account-1", [NewEvent("Told", {"do": "wait"})]).events[0].position
    first = commands.start("eight", settings=LONG)
    first.called("wait")
    second = commands.start("eight", "one", settings=LONG)
    second.let_go(position)
    # It has looked, and found no other one that is free.
    second.owns(1)
    first.let_go(position)
    first.told("given back")
    second.owns(5, seconds=SOON)


def test_no_shard_is_left_alone_if_workers_run_different_subscriptions(store: EventStore, commands: Commands) -> None:
    every = commands.start("four", "eight", settings=SHORT)
    every.owns(12)
    part = commands.start("four", settings=SHORT)
    every.told("given back")
    for number in range(50):
        store.append(f"Account-{number}", [event()])
    every.until(lambda: traces.lag("eight") == traces.lag("four") == 0, "left shards alone", SOON)
    assert part.shards()


def test_leases_are_renewed_in_time_however_seldom_the_log_is_looked_at(store: EventStore, commands: Commands) -> None:
    command = commands.start("four", settings={"LEASE_SECONDS": 1.0, "POLL_INTERVAL": 5.0})
    command.owns(4)
    renewals: set[datetime | None] = set()
    while len(renewals) < 8:
        renewals.update(SubscriptionShard.objects.values_list("lease_until", flat=True))
        assert not SubscriptionShard.objects.filter(lease_until__lt=Now()).exists(), "a lease ran out"
