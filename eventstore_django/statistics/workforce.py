"""The processes that run subscriptions now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from ..backends import Backend
from ..models import LogHead, SubscriptionShard, Worker


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """A worker that is alive: its lease has not run out."""

    worker_id: UUID
    name: str
    """Host and process id."""
    subscriptions: Sequence[str]
    """What it may work on."""
    shards: int
    """Shards that it owns."""
    publishes: bool
    """Whether it is the one that publishes the watermark."""
    started_at: datetime
    lease_until: datetime


def workforce(backend: Backend, now: datetime) -> list[WorkerStatus]:
    """Return the workers that are alive at ``now``, by name."""
    head = LogHead.objects.using(backend.alias).filter(pk=LogHead.ROW, publisher_until__gt=now).first()
    owned = SubscriptionShard.objects.using(backend.alias).filter(lease_until__gt=now).exclude(owner=None)
    shards = dict(owned.order_by().values_list("owner").annotate(Count("pk")))
    alive = Worker.objects.using(backend.alias).filter(lease_until__gt=now).order_by("name", "pk")
    return [
        WorkerStatus(
            worker_id=row.worker_id,
            name=row.name,
            subscriptions=row.subscriptions,
            shards=shards.get(row.worker_id, 0),
            publishes=head is not None and head.publisher == row.worker_id,
            started_at=row.started_at,
            lease_until=row.lease_until,
        )
        for row in alive
    ]
