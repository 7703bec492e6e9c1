"""The event that has waited longest to be handled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..workers.statuses import SubscriptionStatus


@dataclass(frozen=True, slots=True)
class Unprocessed:
    """Where the oldest event is that some subscription has still to consider."""

    subscription: str
    shard: int
    after_position: int
    """The event is the first one above this position."""
    since: datetime
    """When it was stored."""
    seconds: float
    """How long ago that is."""


def oldest_unprocessed(subscriptions: Sequence[SubscriptionStatus], now: datetime) -> Unprocessed | None:
    """Return the oldest event that a shard has still to consider, paused subscriptions included; None if none has."""
    behind = [(shard, status) for status in subscriptions for shard in status.shards if shard.lag_seconds > 0]
    if not behind:
        return None
    shard, status = max(behind, key=lambda pair: pair[0].lag_seconds)
    since = now - timedelta(seconds=shard.lag_seconds)
    return Unprocessed(status.name, shard.number, shard.position, since, shard.lag_seconds)
