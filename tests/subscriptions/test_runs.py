"""How a run begins and ends."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest
from django.db import DatabaseError, connection, transaction

from eventstore_django import EventStore, NewEvent, RecordedEvent, RetryPolicy, subscription
from eventstore_django.models import Subscription, SubscriptionShard
from eventstore_django.subscriptions.declarations import Declaration, registry
from eventstore_django.testing.subscriptions import temporary_subscriptions
from eventstore_django.workers.runner import SubscriptionRunner

pytestmark = pytest.mark.django_db

NAME = "run"


@pytest.fixture(autouse=True)
def _declared_for_this_test_only() -> Iterator[None]:
    with temporary_subscriptions():
        yield


def declaration() -> Declaration:
    found = registry.get(NAME)
    assert found is not None
    return found


def run(*, raises: bool = False) -> SubscriptionRunner:
    runner = SubscriptionRunner("default", [declaration()], raises=raises)
    runner.run_to_head(threaded=False)
    return runner


def append() -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {})])


def test_a_run_to_the_head_ends_although_its_handler_appends_each_time() -> None:
    @subscription(NAME)
    def handle(event: RecordedEvent) -> None:
        append()

    append()
    run()
    assert EventStore().get_stream_version("Account-1") < 5


def test_a_pause_before_a_retry_in_place_outlives_its_worker() -> None:
    @subscription(NAME, on_error="stop", retries=RetryPolicy(5, 60, 60))
    def handle(event: RecordedEvent) -> None:
        raise ValueError

    append()
    first = SubscriptionRunner("default", [declaration()])
    with first.stop.working():
        first._join()
        first.pulse.look()
        while first._step():
            pass
        first._leave()
    assert SubscriptionShard.objects.get().attempts == 1
    second = SubscriptionRunner("default", [declaration()])
    second._join()
    second.pulse.look()
    assert not second._step()
    (shard,) = second.holdings.shards
    assert 30 < shard.wait_until - monotonic() < 61
    assert SubscriptionShard.objects.get().attempts == 1


def test_the_error_that_broke_the_transaction_is_the_one_that_is_told() -> None:
    @subscription(NAME)
    def handle(event: RecordedEvent) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column")

    append()
    with pytest.raises(DatabaseError, match="no_such_column"), transaction.atomic():
        run(raises=True)


def test_a_worker_tells_that_it_caught_up_only_when_it_knows_where_the_log_ends() -> None:
    lines: list[str] = []

    @subscription(NAME)
    def handle(event: RecordedEvent) -> None:
        pass

    append()
    runner = SubscriptionRunner("default", [declaration()])
    runner.report._listener = lines.append
    runner._join()
    assert not runner._step()
    runner.pulse.look()
    while runner._step():
        pass
    runner._leave()
    position = EventStore().head_position()
    assert [line for line in lines if "caught up" in line] == [f"{NAME}[0]: caught up at position {position}"]
    assert Subscription.objects.get().handled == 1
