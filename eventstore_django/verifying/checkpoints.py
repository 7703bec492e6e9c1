"""The checkpoints of subscriptions, held against the log."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from ..backends import Backend
from ..exceptions import CheckpointMismatch
from ..models import SubscriptionShard
from ..workers.registration import check_against_log
from .findings import Finding
from .kinds import Kind


def other_checkpoints(backend: Backend) -> Iterator[Finding]:
    """Give the shards in use that were in another log than this one, or further."""
    shards = SubscriptionShard.objects.using(backend.alias).filter(version=F("subscription__version"))
    for shard in shards.order_by("subscription", "number"):
        try:
            check_against_log(backend.alias, shard)
        except CheckpointMismatch as mismatch:
            yield Finding(Kind.CHECKPOINT, f"Subscription {mismatch}", position=shard.position)
