"""Which shards a worker takes, gives back and leaves to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from uuid import uuid4

import pytest
from django.utils import timezone

from eventstore_django import EventStore, NewEvent, RecordedEvent, subscription
from eventstore_django.models import LogHead, SubscriptionShard, Worker
from eventstore_django.testing.subscriptions import temporary_subscriptions
from eventstore_django.workers.choosing import chosen
from eventstore_django.workers.runner import SubscriptionRunner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_subscriptions() -> Iterator[None]:
    with temporary_subscriptions():

        @subscription("x", shards=3)
        def handle_x(event: RecordedEvent) -> None:
            pass

        @subscription("y")
        def handle_y(event: RecordedEvent) -> None:
            pass

        yield


def another_worker(*subscriptions: str) -> Worker:
    until = timezone.now() + timedelta(hours=1)
    return Worker.objects.create(
        worker_id=uuid4(), name="another", subscriptions=list(subscriptions), lease_until=until
    )


def joined(*names: str) -> SubscriptionRunner:
    runner = SubscriptionRunner("default", chosen(names))
    runner._join()
    return runner


def held(runner: SubscriptionRunner) -> list[str]:
    return sorted(map(str, runner.holdings.shards))


def test_a_worker_alone_takes_everything() -> None:
    runner = joined("x", "y")
    runner.holdings.refresh()
    assert held(runner) == ["x[0]", "x[1]", "x[2]", "y[0]"]


def test_what_nobody_else_runs_is_taken_first() -> None:
    another_worker("x")
    runner = joined("x", "y")
    runner.holdings.refresh()
    assert held(runner) == ["x[0]", "x[1]", "y[0]"]


def test_what_nobody_else_runs_is_not_given_back_when_another_comes() -> None:
    runner = joined("x", "y")
    runner.holdings.refresh()
    another_worker("x")
    runner.holdings.refresh()
    assert "y[0]" in held(runner)
    assert len(held(runner)) == 3
    assert SubscriptionShard.objects.filter(owner=None).count() == 1


def test_what_nobody_takes_is_taken_at_the_next_look() -> None:
    another_worker("x")
    runner = joined("x", "y")
    runner.holdings.refresh()
    runner.holdings.refresh()
    assert held(runner) == ["x[0]", "x[1]", "x[2]", "y[0]"]


def test_what_is_owned_by_the_table_only_is_left_to_others() -> None:
    runner = joined("x", "y")
    runner.holdings.refresh()
    # As after an outage: the rows say otherwise, but nothing is in hand.
    runner.holdings.clear()
    another_worker("x", "y")
    runner.holdings.refresh()
    mine = SubscriptionShard.objects.filter(owner=runner.worker.worker_id)
    assert mine.count() == len(held(runner)) == 2


def test_the_end_of_another_workers_lease_is_the_time_for_the_next_look() -> None:
    runner = joined("x", "y")
    other = another_worker("x", "y")
    SubscriptionShard.objects.update(owner=other.worker_id, lease_until=timezone.now() + timedelta(seconds=2))
    runner.pulse.look()
    runner._refresh()
    assert 0 < runner._refresh_at - monotonic() < 2.5
    SubscriptionShard.objects.update(lease_until=timezone.now() - timedelta(seconds=2))
    runner._refresh()
    assert held(runner)


def test_a_head_that_went_back_is_followed_back() -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {})])
    runner = joined("x", "y")
    runner.pulse.beat()
    head = runner.pulse.head
    LogHead.objects.filter(pk=LogHead.ROW).update(position=head)
    runner.pulse.head = head + 50
    runner.pulse.beat()
    assert runner.pulse.head == head


def test_after_an_outage_nothing_is_done_before_the_next_look_at_the_log() -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {})])
    runner = joined("x", "y")
    runner.pulse.look()
    runner.pulse.forget()
    assert not runner._step()
    assert not runner.holdings.shards
