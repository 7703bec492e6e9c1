"""Waiting until a subscription has handled what was just appended. Clock and sleep are the test's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction

from eventstore_django import (
    EventStore,
    RecordedEvent,
    SubscriptionError,
    UnknownSubscription,
    WaitTimedOut,
    await_for,
    subscription,
    wait_for,
)
from eventstore_django.models import Subscription, SubscriptionShard
from eventstore_django.subscriptions.declarations import Declaration, registry
from eventstore_django.workers.runner import SubscriptionRunner
from tests.concurrency.material import events
from tests.concurrency.sessions import DEADLINE

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "sqlite"])

on_both = pytest.mark.parametrize("using", ["default", "sqlite"])

Step = Callable[[], object]


class _Time:
    """A clock that only sleeping moves; while it sleeps, something happens."""

    def __init__(self, *steps: Step) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._steps = iter(steps)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        next(self._steps, _nothing)()


def _nothing() -> None:
    """Happens."""


def _subscription(*positions: int, using: str = "default", name: str = "balances", **fields: Any) -> Subscription:
    """Make a subscription whose shards are at these positions."""
    made = Subscription.objects.using(using).create(name=name, **fields)
    for number, position in enumerate(positions):
        made.shards.create(number=number, position=position, version=made.version)
    return made


def _move(number: int, position: int, using: str = "default") -> Step:
    shards = SubscriptionShard.objects.using(using).filter(number=number)
    return lambda: shards.update(position=position)


def _keep(made: Subscription, position: int, status: str, **fields: Any) -> None:
    """Note an event that was not handled in its turn."""
    made.parked_events.create(
        **{"version": made.version, "shard": 0, "position": position, "event_id": UUID(int=position), **fields},
        stream_id="Account-1",
        event_type="Opened",
        status=status,
    )


def _wait(position: int, time: _Time | None = None, timeout: float = 5.0, using: str = "default") -> list[float]:
    """Wait for ``balances`` and return the pauses."""
    time = time or _Time()
    wait_for("balances", position, timeout, using=using, clock=time.clock, sleep=time.sleep)
    return time.slept


# Until it is there


@on_both
@pytest.mark.parametrize("position", [0, 1, 7])
def test_what_is_handled_already_is_not_waited_for(position: int, using: str) -> None:
    _subscription(7, using=using)
    assert _wait(position, using=using) == []


@on_both
def test_it_returns_when_the_subscription_has_come_there(using: str) -> None:
    _subscription(0, using=using)
    steps = [_move(0, 5, using), _move(0, 6, using), _move(0, 9, using), _nothing]
    assert len(_wait(7, _Time(*steps), using=using)) == 3


def test_every_shard_is_waited_for() -> None:
    _subscription(9, 3, 0)
    assert len(_wait(7, _Time(_move(1, 7), _move(0, 10), _move(2, 8)))) == 3


def test_a_subscription_that_no_worker_has_begun_is_waited_for() -> None:
    made = _subscription()
    assert len(_wait(7, _Time(_nothing, lambda: made.shards.create(number=0, position=7)))) == 2


def test_only_the_version_in_use_counts() -> None:
    made = _subscription(9, version=2)
    made.shards.create(number=0, version=1, position=3)
    made.shards.create(number=0, version=3, position=3)
    assert _wait(7) == []


def test_a_version_that_is_not_in_use_yet_is_not_enough() -> None:
    made = _subscription(3, version=1)
    made.shards.create(number=0, version=2, position=9)
    with pytest.raises(WaitTimedOut):
        _wait(7)


def test_a_version_that_is_put_into_use_meanwhile_is_enough() -> None:
    made = _subscription(3, version=1)
    made.shards.create(number=0, version=2, position=9)
    assert len(_wait(7, _Time(lambda: Subscription.objects.update(version=2)))) == 1


def test_other_subscriptions_are_not_looked_at() -> None:
    _subscription(0, name="totals")
    _subscription(9)
    assert _wait(7) == []


def test_without_a_name_the_database_of_the_events_is_asked() -> None:
    _subscription(9)
    wait_for("balances", 9)


# Not in time


@on_both
def test_it_gives_up_after_the_timeout(using: str) -> None:
    _subscription(6, using=using)
    time = _Time()
    with pytest.raises(WaitTimedOut, match=r"'balances' had not come to position 7 within 2.5 s"):
        _wait(7, time, 2.5, using)
    assert sum(time.slept) == pytest.approx(2.5)


def test_the_pauses_are_short_and_grow() -> None:
    _subscription(0)
    time = _Time()
    with pytest.raises(WaitTimedOut):
        _wait(7, time, 0.35)
    assert time.slept == pytest.approx([0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.1, 0.1, 0.024])


def test_it_looks_once_more_at_the_very_end() -> None:
    _subscription(0)
    assert _wait(7, _Time(_move(0, 7)), 0.001) == [pytest.approx(0.001)]


@pytest.mark.parametrize("timeout", [0, -1])
def test_without_a_timeout_it_looks_once(timeout: float) -> None:
    _subscription(6)
    assert _wait(6, timeout=timeout) == []
    with pytest.raises(WaitTimedOut):
        _wait(7, timeout=timeout)


# Never


@on_both
def test_an_unknown_subscription_is_an_error_that_names_the_known_ones(using: str) -> None:
    _subscription(9, using=using, name="totals")
    _subscription(9, using=using, name="accounts")
    with pytest.raises(UnknownSubscription) as caught:
        wait_for("unheard-of", 7, using=using)
    assert (caught.value.name, caught.value.known) == ("unheard-of", ("accounts", "totals"))


@on_both
def test_one_that_is_declared_and_has_never_run_is_waited_for(using: str) -> None:
    assert registry.get("balances") is not None
    time = _Time(_nothing, lambda: _subscription(7, using=using))
    assert len(_wait(7, time, using=using)) == 2
    Subscription.objects.using(using).all().delete()
    with pytest.raises(WaitTimedOut):
        _wait(7, using=using)


@pytest.mark.parametrize("status", ["paused", "stopped"])
def test_a_subscription_that_does_not_run_is_not_waited_for(status: str) -> None:
    _subscription(6, status=status)
    time = _Time()
    with pytest.raises(SubscriptionError, match=rf"'balances' is {status}.* 7"):
        _wait(7, time)
    assert time.slept == []


@pytest.mark.parametrize("status", ["paused", "stopped"])
def test_what_a_subscription_handled_before_it_was_halted_is_handled(status: str) -> None:
    _subscription(7, status=status)
    assert _wait(7) == []


def test_a_subscription_that_is_paused_meanwhile_is_not_waited_for_any_longer() -> None:
    _subscription(6)
    time = _Time(_nothing, lambda: Subscription.objects.update(status="paused"))
    with pytest.raises(SubscriptionError, match="paused"):
        _wait(7, time)
    assert len(time.slept) == 2


@on_both
def test_inside_of_a_transaction_it_is_an_error_and_not_a_wait(using: str) -> None:
    _subscription(6, using=using)
    time = _Time()
    with transaction.atomic(using=using), pytest.raises(SubscriptionError, match="transaction"):
        _wait(7, time, using=using)
    assert time.slept == []


def test_inside_of_a_transaction_what_is_handled_already_is_there() -> None:
    _subscription(7)
    with transaction.atomic():
        assert _wait(7) == []


def test_a_transaction_of_another_database_does_not_matter() -> None:
    _subscription(6)
    with transaction.atomic(using="sqlite"):
        assert len(_wait(7, _Time(_move(0, 7)))) == 1


@on_both
@pytest.mark.parametrize("status", ["retrying", "parked", "waiting"])
def test_an_event_that_was_kept_aside_was_not_handled(status: str, using: str) -> None:
    _keep(_subscription(9, using=using), 7, status)
    with pytest.raises(SubscriptionError, match=f"'balances' has not handled 7: it is {status}"):
        _wait(7, using=using)


def test_an_event_that_is_parked_meanwhile_was_not_handled() -> None:
    made = _subscription(6)

    def park() -> None:
        _keep(made, 7, "parked")
        _move(0, 7)()

    with pytest.raises(SubscriptionError, match="parked"):
        _wait(7, _Time(park))


def test_an_event_that_was_discarded_is_not_waited_for() -> None:
    _keep(_subscription(9), 7, "discarded")
    assert _wait(7) == []


@pytest.mark.parametrize("fields", [{"position": 6}, {"position": 8}, {"version": 2}], ids=repr)
def test_other_events_that_were_kept_aside_do_not_matter(fields: dict[str, int]) -> None:
    _keep(_subscription(9), fields.pop("position", 7), "parked", **fields)
    assert _wait(7) == []


# With a worker


@pytest.fixture
def declaration() -> Iterator[Declaration]:
    """A subscription that handles nothing, in two shards."""

    @subscription("balances", shards=2)
    def handle(event: RecordedEvent) -> None:
        """Handle nothing."""

    declared = registry.get("balances")
    assert declared is not None
    yield declared
    registry.remove(declared)


@on_both
def test_the_effect_of_an_append_is_there_when_it_returns(using: str, declaration: Declaration) -> None:
    def work() -> None:
        SubscriptionRunner(using, [declaration]).run_to_head(threaded=False)

    work()
    position = EventStore(using).append("Account-1", events(3)).events[-1].position
    assert len(_wait(position, _Time(_nothing, work), using=using)) == 2


# Async


@on_both
def test_the_async_twin_returns_when_the_subscription_has_come_there(using: str) -> None:
    _subscription(6, using=using)

    async def both() -> None:
        waiting = asyncio.ensure_future(await_for("balances", 7, DEADLINE, using=using))
        await asyncio.sleep(0)
        assert not waiting.done()
        await sync_to_async(_move(0, 7, using))()
        await waiting

    async_to_sync(both)()


def test_the_async_twin_gives_up_after_the_timeout() -> None:
    _subscription(6)
    with pytest.raises(WaitTimedOut, match="position 7"):
        async_to_sync(await_for)("balances", 7, timeout=0)


def test_the_async_twin_raises_what_its_twin_raises() -> None:
    with pytest.raises(UnknownSubscription):
        async_to_sync(await_for)("unheard-of", 7)
    _keep(_subscription(9), 7, "parked")
    with pytest.raises(SubscriptionError, match="parked"):
        async_to_sync(await_for)("balances", 7)


def test_the_async_twin_uses_the_database_of_the_events() -> None:
    _subscription(9)
    async_to_sync(await_for)("balances", 9)
