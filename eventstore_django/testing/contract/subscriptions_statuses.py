"""How subscriptions are doing, and waiting for one."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from ...exceptions import SubscriptionError
from ...models import Worker
from ...subscriptions.waiting import wait_for
from ...workers import operations
from ...workers.statuses import SubscriptionStatus, statuses
from .subscriptions_case import NAME, SubscriptionCase


class StatusContract(SubscriptionCase):
    """``statuses`` and ``wait_for``."""

    def status(self, name: str = NAME) -> SubscriptionStatus:
        (status,) = statuses(self.using, [name])
        return status

    # How it is doing

    def test_the_lag_is_what_is_still_to_be_considered(self) -> None:
        self.follower()
        self.run()
        assert (self.status().lag, self.status().lag_seconds) == (0, 0.0)
        last = self.append_numbers("A-1", 1, 2)[-1]
        assert self.status().lag == last.position - self.status().position
        self.run()
        assert (self.status().lag, self.status().position) == (0, self.store.head_position())

    def test_the_lag_in_seconds_is_the_age_of_the_oldest_event_to_be_considered(self) -> None:
        self.follower()
        self.run()
        stored = self.append_numbers("A-1", 1)[0].created_at
        before = timezone.now()
        assert self.status().lag_seconds <= (timezone.now() - stored).total_seconds() + 1
        assert self.status().lag_seconds >= (before - stored).total_seconds() - 1

    def test_what_is_parked_and_what_is_held_back_is_counted(self) -> None:
        follower = self.with_parked(1, 2, 3)
        assert (self.status().parked, self.status().held) == (1, 2)
        follower.failing = set()
        operations.retry_parked(self.using, NAME)
        assert (self.status().parked, self.status().held) == (0, 3)
        self.run()
        assert (self.status().parked, self.status().held) == (0, 0)

    def test_what_was_discarded_is_not_counted(self) -> None:
        self.with_parked(1)
        operations.discard_parked(self.using, NAME, self.kept_aside()[0].position, reason="no use", actor="ada")
        assert (self.status().parked, self.status().held) == (0, 0)

    def test_each_shard_tells_its_owner_while_it_has_one(self) -> None:
        self.follower(shards=2)
        self.run()
        assert [shard.owner for shard in self.status().shards] == [None, None]
        worker = Worker.objects.using(self.using).create(
            worker_id=uuid4(), name="host:1", lease_until=self.in_an_hour(), subscriptions=[]
        )
        self.shards_of().filter(number=0).update(owner=worker.pk, lease_until=self.in_an_hour())
        past = timezone.now() - timedelta(hours=1)
        self.shards_of().filter(number=1).update(owner=worker.pk, lease_until=past)
        assert [shard.owner for shard in self.status().shards] == ["host:1", None]

    def test_all_subscriptions_are_told_by_name(self) -> None:
        for name in ("b", "a", "c"):
            self.follower(name)
        self.run("b", "a", "c")
        assert [status.name for status in statuses(self.using)] == ["a", "b", "c"]
        assert [status.name for status in statuses(self.using, ["c"])] == ["c"]

    # Waiting for it

    def test_waiting_ends_at_once_for_what_was_handled(self) -> None:
        self.follower(shards=2)
        last = self.append_numbers("A-1", 1, 2)[-1]
        self.run()
        wait_for(NAME, last.position, timeout=0, using=self.using)

    def test_waiting_is_refused_for_what_was_not_handled_in_its_turn(self) -> None:
        self.with_parked(1, 2)
        for row in self.kept_aside():
            with pytest.raises(SubscriptionError, match=row.status):
                wait_for(NAME, row.position, timeout=0, using=self.using)

    def test_waiting_goes_on_past_what_was_discarded(self) -> None:
        self.with_parked(1)
        position = self.kept_aside()[0].position
        operations.discard_parked(self.using, NAME, position, reason="no use", actor="ada")
        wait_for(NAME, position, timeout=0, using=self.using)

    def test_waiting_is_refused_for_a_paused_subscription(self) -> None:
        self.follower()
        self.run()
        operations.pause(self.using, NAME)
        last = self.append_numbers("A-1", 1)[-1]
        with pytest.raises(SubscriptionError, match="paused"):
            wait_for(NAME, last.position, timeout=0, using=self.using)

    def test_waiting_is_refused_inside_of_the_transaction_that_appended(self) -> None:
        self.follower()
        self.run()
        last = self.append_numbers("A-1", 1)[-1]
        with pytest.raises(SubscriptionError, match="open transaction"):
            wait_for(NAME, last.position, timeout=60, using=self.using)
