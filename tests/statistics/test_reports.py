"""All that is measured, what it costs, and what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from eventstore_django import EventStore, NewEvent, RecordedEvent, RetryPolicy, subscription
from eventstore_django.backends.holders import Holder
from eventstore_django.backends.tallies import Precision, Tally
from eventstore_django.models import LogHead, Subscription, SubscriptionShard, Worker
from eventstore_django.statistics import document, problems, statistics
from eventstore_django.statistics.watermarks import WatermarkStatus
from eventstore_django.testing.subscriptions import run_subscriptions_to_head
from eventstore_django.workers import operations
from eventstore_django.workers.sampling import Trend

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


def append(using: str, stream: str, *event_types: str) -> list[RecordedEvent]:
    return list(EventStore(using).append(stream, [NewEvent(name, {}) for name in event_types]).events)


def follow(using: str, name: str = "balances", **options: Any) -> None:
    @subscription(name, retries=RetryPolicy(attempts=1), **options)
    def handle(event: RecordedEvent) -> None:
        if event.event_type == "Broken":
            raise ValueError("it broke")

    run_subscriptions_to_head(name, using=using, raises=False)


def employ(using: str, *names: str, seconds: float = 3600) -> Worker:
    until = Now() + timedelta(seconds=seconds)
    return Worker.objects.using(using).create(
        worker_id=uuid4(), name="host:1", subscriptions=list(names), lease_until=until
    )


def codes(using: str) -> list[str]:
    return [problem.code for problem in problems(statistics(using))]


def test_an_empty_store_has_nothing_to_tell(using: str) -> None:
    found = statistics(using)
    assert found.events == found.streams == Tally(0, Precision.EXACT)
    assert (found.hour.total, found.day.total) == (0, 0)
    assert (found.subscriptions, found.oldest_unprocessed, found.workers, problems(found)) == ([], None, [], [])


def test_what_was_appended_now_is_in_the_last_span(using: str) -> None:
    last = append(using, "A-1", "X", "Y")[-1]
    found = statistics(using)
    assert (found.hour.counts[-1], found.hour.total, found.day.total) == (2, 2, 2)
    assert found.watermark.position == last.position


def test_the_oldest_unprocessed_event_is_that_of_the_shard_furthest_behind(using: str) -> None:
    follow(using, "one")
    (first,) = append(using, "A-1", "X")
    follow(using, "two")
    append(using, "A-1", "Y")
    oldest = statistics(using).oldest_unprocessed
    assert oldest is not None
    assert (oldest.subscription, oldest.shard) == ("one", 0)
    assert abs(oldest.since - first.created_at) < timedelta(seconds=1)
    run_subscriptions_to_head("one", using=using)
    assert (oldest := statistics(using).oldest_unprocessed)
    assert (oldest.subscription, oldest.after_position) == ("two", first.position)


def test_workers_that_are_alive_are_told_with_their_shards(using: str) -> None:
    follow(using, "balances", shards=3)
    worker = employ(using, "balances")
    employ(using, "balances", seconds=-1)
    until = Now() + timedelta(hours=1)
    LogHead.objects.using(using).update_or_create(pk=1, defaults={"publisher": worker.pk, "publisher_until": until})
    SubscriptionShard.objects.using(using).filter(number__lt=2).update(owner=worker.pk, lease_until=until)
    (found,) = statistics(using).workers
    assert (found.name, found.subscriptions, found.shards, found.publishes) == ("host:1", ["balances"], 2, True)


def test_it_costs_so_many_statements_however_many_subscriptions_there_are(using: str) -> None:
    append(using, "A-1", "X")
    for number in range(12):
        follow(using, f"of {number}")
    append(using, "A-1", "Y")
    statistics(using)
    with CaptureQueriesContext(connections[using]) as captured:
        statistics(using)
    assert len(captured) <= 25, [query["sql"] for query in captured]


def test_everything_can_be_written_as_json(using: str) -> None:
    append(using, "A-1", "X")
    follow(using)
    employ(using, "balances")
    told = json.loads(json.dumps(document(statistics(using)), cls=DjangoJSONEncoder))
    assert told["events"] == {"number": 1, "precision": "exact"}
    assert (told["hour"]["total"], len(told["hour"]["counts"])) == (1, 60)
    assert told["categories"]["kinds"] == [{"name": "A", "events": 1}]
    (balances,) = told["subscriptions"]
    assert (balances["name"], balances["lag"], balances["trend"], balances["handled_per_second"]) == (
        "balances",
        0,
        "unknown",
        None,
    )
    assert [worker["name"] for worker in told["workers"]] == ["host:1"]
    assert told["problems"] == []


def test_a_stopped_subscription_is_a_problem(using: str) -> None:
    follow(using)
    Subscription.objects.using(using).update(status="stopped")
    assert codes(using) == ["subscription-stopped"]


def test_a_parked_event_is_a_problem(using: str) -> None:
    append(using, "A-1", "Broken")
    follow(using)
    assert codes(using) == ["events-parked"]


def test_events_that_no_worker_takes_are_a_problem(using: str) -> None:
    follow(using)
    append(using, "A-1", "X")
    employ(using, "another")
    assert codes(using) == ["no-worker"]
    employ(using, "balances")
    assert codes(using) == []


def test_a_paused_subscription_is_none(using: str) -> None:
    follow(using)
    append(using, "A-1", "X")
    operations.pause(using, "balances")
    assert codes(using) == []


def test_falling_behind_is_a_problem(using: str) -> None:
    follow(using)
    append(using, "A-1", "X")
    employ(using, "balances")
    now = statistics(using).measured_at.timestamp()
    samples = {"balances": [[now - 30, 0, 0], [now - 15, 0, 0]]}
    LogHead.objects.using(using).create(pk=LogHead.SAMPLES, samples=samples)
    append(using, "A-1", *["X"] * 20)
    found = statistics(using)
    assert found.trends == {"balances": Trend.FALLING_BEHIND}
    assert [problem.code for problem in problems(found)] == ["falling-behind"]


@pytest.mark.parametrize(("age", "expected"), [(59.0, []), (60.0, ["watermark-held"]), (None, [])])
def test_a_transaction_that_stays_open_is_a_problem(age: float | None, expected: list[str]) -> None:

    holder = Holder(5, 42, None, "shop", "web", None, "idle in transaction", age)
    found = replace(statistics("default"), watermark=WatermarkStatus(5, 9, 5, None, [holder]))
    assert [problem.code for problem in problems(found)] == expected
