"""Waiting until a subscription has handled what was just appended: read your own write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.apps import apps
from django.db import connections, router
from django.db.models import Min

from ..exceptions import SubscriptionError, UnknownSubscription, WaitTimedOut
from .declarations import registry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ..models import Subscription

_FIRST_PAUSE = 0.002
_LONGEST_PAUSE = 0.1


def wait_for(
    name: str,
    position: int,
    timeout: float = 5.0,
    *,
    using: str | None = None,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], None] = sleep,
) -> None:
    """Return when a durable subscription has handled everything up to ``position``.

    ``position`` is that of the event to see the effect of: ``result.events[-1].position``.
    ``timeout`` is in seconds; ``using`` names a database as for EventStore.

    Raise WaitTimedOut if it has not in time, UnknownSubscription if it is neither stored nor declared,
    and SubscriptionError if it will not: the event is parked or waits for a retry, the subscription is
    stopped or paused, or the caller's own transaction is open, whose events no worker sees before it
    commits.
    """
    for pause in _pauses(name, position, timeout, using, clock):
        sleep(pause)


async def await_for(name: str, position: int, timeout: float = 5.0, *, using: str | None = None) -> None:  # as its twin
    """Async twin of ``wait_for``."""
    pauses = _pauses(name, position, timeout, using, monotonic)
    while (pause := await sync_to_async(_next)(pauses)) is not None:
        await asyncio.sleep(pause)


def _next(pauses: Iterator[float]) -> float | None:
    return next(pauses, None)


def _pauses(name: str, position: int, timeout: float, using: str | None, clock: Callable[[], float]) -> Iterator[float]:
    """Look, and give the seconds to wait before the next look, until the subscription is there."""
    alias = using or router.db_for_write(apps.get_model("eventstore", "Event"))
    end = clock() + timeout
    pause = _FIRST_PAUSE
    while not _has_come_to(alias, name, position):
        left = end - clock()
        if left <= 0:
            raise WaitTimedOut(f"Subscription {name!r} had not come to position {position} within {timeout:g} s.")
        yield min(pause, left)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _has_come_to(alias: str, name: str, position: int) -> bool:
    subscriptions = _rows("Subscription", alias)
    subscription: Subscription | None = subscriptions.filter(pk=name).first()
    if subscription is None:
        _refuse_unknown(name, subscriptions)
    elif _lowest_position(alias, subscription) >= position:
        _refuse_parked(alias, subscription, position)
        return True
    elif subscription.status != "running":
        raise SubscriptionError(f"Subscription {name!r} is {subscription.status}: it will not come to {position}.")
    if connections[alias].in_atomic_block:
        raise SubscriptionError(
            f"Waiting for {name!r} inside of an open transaction: no worker sees its events before it commits."
        )
    return False


def _refuse_unknown(name: str, subscriptions: QuerySet[Subscription]) -> None:
    # One that is declared has its row from its first run on: a worker may be about to make it.
    if registry.get(name) is None:
        raise UnknownSubscription(name, sorted(subscriptions.values_list("pk", flat=True)))


def _lowest_position(alias: str, subscription: Subscription) -> int:
    shards = _rows("SubscriptionShard", alias).filter(subscription=subscription, version=subscription.version)
    lowest: int | None = shards.aggregate(lowest=Min("position"))["lowest"]
    return lowest or 0


def _refuse_parked(alias: str, subscription: Subscription, position: int) -> None:
    kept = _rows("ParkedEvent", alias).filter(subscription=subscription, version=subscription.version)
    if row := kept.filter(position=position).exclude(status="discarded").first():
        raise SubscriptionError(f"Subscription {subscription.pk!r} has not handled {position}: it is {row.status}.")


def _rows(model: str, alias: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = apps.get_model("eventstore", model)._base_manager.using(alias)
    return rows
