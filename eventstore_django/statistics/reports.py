"""All that is measured, in one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..backends import backend_for
from ..backends.tallies import Kinds, Tally
from ..workers.sampling import Trend, histories
from ..workers.statuses import SubscriptionStatus, statuses
from .rates import Rate, rates
from .unprocessed import Unprocessed, oldest_unprocessed
from .watermarks import WatermarkStatus, watermark_status
from .workforce import WorkerStatus, workforce


@dataclass(frozen=True, slots=True)
class StoreStatistics:
    """How an event store was doing at a moment."""

    measured_at: datetime
    events: Tally
    streams: Tally
    hour: Rate
    day: Rate
    categories: Kinds
    event_types: Kinds
    watermark: WatermarkStatus
    subscriptions: Sequence[SubscriptionStatus]
    trends: Mapping[str, Trend]
    """Where each subscription is going, by its name."""
    handled_per_second: Mapping[str, float | None]
    """Events that each subscription has handled in a second of the last two minutes; None if nobody knows."""
    oldest_unprocessed: Unprocessed | None
    workers: Sequence[WorkerStatus]


def statistics(alias: str) -> StoreStatistics:
    """Measure the event store of a database, in some 15 statements that read no table as a whole.

    Totals, categories and types of large tables are estimates, and say so. Raise UnsafeRead where the
    watermark can't be told (a standby server, a strict transaction), NotMigrated, UnsupportedDatabase.
    """
    backend = backend_for(alias)
    with backend.translated():
        now = backend.now()
        hour, day = rates(backend, now)
        subscriptions = statuses(alias)
        past = histories(alias)
        second = now.timestamp()
        return StoreStatistics(
            measured_at=now,
            events=backend.tally("eventstore_events"),
            streams=backend.tally("eventstore_streams"),
            hour=hour,
            day=day,
            categories=backend.kinds("category"),
            event_types=backend.kinds("event_type"),
            watermark=watermark_status(backend),
            subscriptions=subscriptions,
            trends={one.name: past[one.name].trend(second, one.lag) for one in subscriptions},
            handled_per_second={one.name: past[one.name].rate(second) for one in subscriptions},
            oldest_unprocessed=oldest_unprocessed(subscriptions, now),
            workers=workforce(backend, now),
        )
