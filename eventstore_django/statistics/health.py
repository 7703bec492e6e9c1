"""What somebody should look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..models import Subscription
from ..workers.sampling import Trend
from ..workers.statuses import SubscriptionStatus
from .reports import StoreStatistics

HELD_SECONDS = 60.0
"""Age of a transaction that has appended, from which it is worth a word: readers wait for it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One of them. ``code`` is for programs, ``text`` for people."""

    code: str
    text: str
    subscription: str | None = None


def problems(statistics: StoreStatistics) -> list[Problem]:
    """Return what is wrong; nothing if all is well. A paused subscription is meant to stand still."""
    return [
        *_watermark(statistics),
        *(p for status in statistics.subscriptions for p in _subscription(statistics, status)),
    ]


def _watermark(statistics: StoreStatistics) -> Iterator[Problem]:
    for holder in statistics.watermark.holders[:1]:
        if holder.age_seconds is not None and holder.age_seconds >= HELD_SECONDS:
            who = f"prepared transaction {holder.prepared!r}" if holder.prepared else f"process {holder.pid}"
            yield Problem(
                "watermark-held",
                f"Readers wait at position {holder.position} for the {who}, open for {holder.age_seconds:.0f} s.",
            )


def _subscription(statistics: StoreStatistics, status: SubscriptionStatus) -> Iterator[Problem]:
    if status.status == Subscription.Status.STOPPED:
        yield Problem("subscription-stopped", f"{status.name} stopped at an error.", status.name)
    if status.parked:
        yield Problem("events-parked", f"{status.name} has parked events: {status.parked}.", status.name)
    if status.status == Subscription.Status.RUNNING and status.lag:
        if not any(status.name in worker.subscriptions for worker in statistics.workers):
            yield Problem("no-worker", f"No worker runs {status.name}, and events wait for it.", status.name)
        elif statistics.trends.get(status.name) is Trend.FALLING_BEHIND:
            yield Problem("falling-behind", f"{status.name} is falling behind.", status.name)
