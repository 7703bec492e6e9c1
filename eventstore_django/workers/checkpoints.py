"""How far a shard is: moved in the transaction of what was handled, or not at all.

Each update is a compare-and-set on owner, epoch and position. One that finds the row changed raises
LeaseLost, which rolls back what the handler wrote: that is all there is to *exactly once*.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from ..exceptions import LeaseLost
from ..models import SubscriptionShard
from .shards import OwnedShard


def advance(
    alias: str, shard: OwnedShard, position: int, event: tuple[int, UUID] | None, *, handled: int = 0, parked: int = 0
) -> None:
    """Move a shard's row to ``position``; ``event`` is the last one considered, if there was any.

    The shard in memory is moved by ``moved``, when the transaction has committed.
    """
    changes: dict[str, Any] = {"position": position, "attempt_position": 0, "attempts": 0, "retry_at": None}
    changes["updated_at"] = Now()
    if event is not None:
        changes |= {"event_position": event[0], "event_id": event[1]}
    if handled:
        changes["handled"] = F("handled") + handled
    if parked:
        changes["parked"] = F("parked") + parked
    if shard.floors is not None and shard.floors.is_past(position):
        changes["floors"] = None
    _set(alias, shard, **changes)


def moved(shard: OwnedShard, position: int) -> None:
    """Note in memory what ``advance`` has committed."""
    shard.position = position
    shard.attempts = shard.attempt_position = 0
    if shard.floors is not None and shard.floors.is_past(position):
        shard.floors = None


def count_attempt(alias: str, shard: OwnedShard, position: int) -> None:
    """Note that the event at ``position`` is about to be tried, before it is: it may end this process."""
    attempts = shard.attempts + 1 if shard.attempt_position == position else 1
    _set(alias, shard, attempt_position=position, attempts=attempts, retry_at=None)
    shard.attempt_position, shard.attempts = position, attempts


def uncount_attempt(alias: str, shard: OwnedShard, position: int, before: tuple[int, int]) -> None:
    """Forget an attempt that was broken off, if it was counted and has not ended since.

    ``before`` is where the attempts stood then, and how many there were.
    """
    counted = (before[1] if before[0] == position else 0) + 1
    # One that failed has a time to wait until; one that was handled has moved the shard.
    rows = _row(alias, shard).filter(attempt_position=position, attempts=counted, retry_at=None)
    rows.update(attempt_position=before[0], attempts=before[1])


def wait(alias: str, shard: OwnedShard, position: int, attempts: int, until: datetime) -> None:
    """Note that the event at ``position`` failed so often, and is tried again where it stands."""
    _set(alias, shard, attempt_position=position, attempts=attempts, retry_at=until)
    shard.attempt_position, shard.attempts = position, attempts


def hold(alias: str, shard: OwnedShard, *, handled: int = 0, parked: int = 0) -> None:
    """Lock a shard's row until the transaction ends, without moving it: only its owner gets past this."""
    _set(alias, shard, handled=F("handled") + handled, parked=F("parked") + parked)


def _set(alias: str, shard: OwnedShard, **changes: Any) -> None:
    if not _row(alias, shard).update(**changes):
        raise LeaseLost(f"{shard} belongs to another worker now, or was changed by an operator.")


def _row(alias: str, shard: OwnedShard) -> QuerySet[SubscriptionShard]:
    return SubscriptionShard.objects.using(alias).filter(
        pk=shard.pk, owner=shard.owner, epoch=shard.epoch, position=shard.position
    )
