"""What is noted of subscriptions while a worker runs, and where it says that they are going."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from eventstore_django.models import LogHead, Subscription, SubscriptionShard
from eventstore_django.workers.identity import WorkerIdentity
from eventstore_django.workers.leases import Leases
from eventstore_django.workers.news import changed
from eventstore_django.workers.pulse import Pulse
from eventstore_django.workers.sampling import KEPT, SAMPLE_SECONDS, History, Sample, Sampler, Trend, histories

from .conftest import OpenSession

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

NOW = 1_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float = SAMPLE_SECONDS) -> None:
        self.now += seconds


def followed(using: str, name: str = "balances", *positions: int) -> Subscription:
    row = Subscription.objects.using(using).create(name=name)
    for number, position in enumerate(positions or (0,)):
        row.shards.using(using).create(subscription=row, number=number, position=position)
    return row


def sampler(using: str, clock: Clock) -> Sampler:
    return Sampler(using, clock, clock)


def noted(row: Subscription) -> list[Any]:
    using = row._state.db
    samples = LogHead.objects.using(using).filter(pk=LogHead.SAMPLES).values_list("samples", flat=True).first()
    found: list[Any] = (samples or {}).get(row.pk, [])
    return found


def test_each_shards_lag_is_noted_with_what_was_handled(using: str) -> None:
    row = followed(using, "balances", 3, 10)
    row.shards.filter(number=0).update(handled=2)
    row.shards.filter(number=1).update(handled=5)
    row.shards.create(subscription=row, number=0, version=2, position=1, handled=9)
    sampler(using, Clock()).sample_if_due(10)
    assert noted(row) == [[NOW, 7, 7, 0]]
    assert histories(using)[row.pk].samples == [Sample(NOW, 7, [7, 0])]
    assert histories(using)[row.pk].samples[0].lag == 7


def test_nothing_is_noted_before_it_is_time(using: str) -> None:
    row, clock = followed(using), Clock()
    one = sampler(using, clock)
    one.sample_if_due(1)
    clock.passes(SAMPLE_SECONDS - 1)
    with CaptureQueriesContext(connections[using]) as captured:
        one.sample_if_due(2)
    assert len(captured) == 0
    clock.passes(1)
    one.sample_if_due(3)
    assert [sample[2] for sample in noted(row)] == [1, 3]


def test_only_the_last_samples_are_kept(using: str) -> None:
    row, clock = followed(using), Clock()
    one = sampler(using, clock)
    for head in range(KEPT + 3):
        one.sample_if_due(head)
        clock.passes()
    assert [sample[2] for sample in noted(row)] == list(range(3, KEPT + 3))


def test_a_sample_of_other_shards_begins_anew(using: str) -> None:
    row, clock = followed(using, "balances", 0), Clock()
    one = sampler(using, clock)
    one.sample_if_due(5)
    row.shards.create(subscription=row, number=1)
    clock.passes()
    one.sample_if_due(5)
    assert noted(row) == [[clock.now, 0, 5, 5]]


def test_a_reset_begins_anew(using: str) -> None:
    row, clock = followed(using), Clock()
    one = sampler(using, clock)
    row.shards.update(handled=3)
    one.sample_if_due(5)
    row.shards.update(handled=0)
    clock.passes()
    one.sample_if_due(5)
    assert noted(row) == [[clock.now, 0, 5]]


def test_many_subscriptions_are_noted_in_four_statements_without_a_transaction(using: str) -> None:
    rows = [followed(using, f"of {number}") for number in range(20)]
    one = sampler(using, Clock())
    one.sample_if_due(5)
    again = sampler(using, Clock())
    with CaptureQueriesContext(connections[using]) as captured:
        again.sample_if_due(5)
    assert [query["sql"].split()[0] for query in captured] == ["SELECT", "SELECT", "SELECT", "UPDATE"]
    assert all(len(noted(row)) == 2 for row in rows)


def test_what_is_gone_is_forgotten(using: str) -> None:
    row, clock = followed(using), Clock()
    one = sampler(using, clock)
    one.sample_if_due(5)
    row.delete()
    clock.passes()
    one.sample_if_due(5)
    assert LogHead.objects.using(using).get(pk=LogHead.SAMPLES).samples == {}


def test_a_log_without_subscriptions_is_no_trouble(using: str) -> None:
    sampler(using, Clock()).sample_if_due(5)


def test_the_publisher_notes_at_its_beat(using: str) -> None:
    row, clock = followed(using), Clock()
    leases = Leases(using, WorkerIdentity(), 15)
    leases.join([])
    Pulse(using, leases, clock).beat()
    assert len(noted(row)) == 1


def test_who_does_not_publish_notes_nothing(using: str) -> None:
    publisher, other = (Leases(using, WorkerIdentity(), 15) for _ in range(2))
    Pulse(using, publisher, Clock()).beat()
    row = followed(using)
    Pulse(using, other, Clock()).beat()
    assert noted(row) == []


@pytest.mark.django_db(transaction=True)
def test_an_operator_who_holds_rows_is_not_waited_for(session: OpenSession) -> None:
    held = followed("default", "held")
    operator = session()
    operator.begin()
    operator.run(lambda: Subscription.objects.select_for_update().get(pk="held"))
    operator.run(lambda: changed("default"))
    with transaction.atomic():
        connections["default"].cursor().execute("SET LOCAL lock_timeout = '20s'")
        sampler("default", Clock()).sample_if_due(5)
    assert len(noted(held)) == 1


# Where it is going


def going(*lags: int, until: float = NOW, handled: int = 0) -> History:
    moments = count(until - SAMPLE_SECONDS * (len(lags) - 1), SAMPLE_SECONDS)
    return History(
        [Sample(at, number * handled, [lag]) for number, (at, lag) in enumerate(zip(moments, lags, strict=False))]
    )


@pytest.mark.parametrize(
    ("lags", "trend"),
    [
        ((), Trend.UNKNOWN),
        ((5,), Trend.UNKNOWN),
        ((5, 0), Trend.CAUGHT_UP),
        ((0, 0), Trend.CAUGHT_UP),
        ((100, 50), Trend.CATCHING_UP),
        ((50, 100), Trend.FALLING_BEHIND),
        ((0, 100), Trend.FALLING_BEHIND),
        ((100, 105), Trend.STEADY),
        ((105, 100), Trend.STEADY),
        ((9000, *[10] * 8, 10), Trend.STEADY),
    ],
)
def test_the_trend_is_that_of_the_last_two_minutes(lags: tuple[int, ...], trend: Trend) -> None:
    assert going(*lags).trend(NOW) is trend


def test_the_lag_of_this_moment_counts_if_it_is_known() -> None:
    assert going(100, 100).trend(NOW, 0) is Trend.CAUGHT_UP
    assert going(100, 100).trend(NOW, 500) is Trend.FALLING_BEHIND


def test_old_samples_tell_nothing() -> None:
    old = going(100, 50, until=NOW - 4 * SAMPLE_SECONDS - 1)
    assert (old.trend(NOW), old.rate(NOW)) == (Trend.UNKNOWN, None)


def test_the_rate_is_that_of_the_last_two_minutes() -> None:
    assert going(*[5] * 20, handled=30).rate(NOW) == 30 / SAMPLE_SECONDS


def test_two_samples_of_one_second_have_no_rate() -> None:
    assert History([Sample(NOW, 1, [1]), Sample(NOW, 2, [1])]).rate(NOW) is None


def test_shards_of_other_versions_do_not_count(using: str) -> None:
    row = followed(using)
    SubscriptionShard.objects.using(using).update(version=2)
    sampler(using, Clock()).sample_if_due(5)
    assert noted(row) == [[NOW, 0]]
