"""Events that were not handled in their turn: kept aside with what follows them in their streams.

The first active row of a stream is the one that failed; the others wait behind it. Only the owner of the
shard adds rows and retries them, fenced by the epoch like everything it does; an operator can set a row
back to retry, or discard it, at any time.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from ..backends import backend_for
from ..events import RecordedEvent
from ..models import ParkedEvent
from ..subscriptions.retrying import RetryPolicy
from .shards import OwnedShard

MAX_ERROR_LENGTH = 4000

Status = ParkedEvent.Status


def told(error: BaseException) -> str:
    """Return an error as the text that is kept: the end of its traceback."""
    text = "".join(traceback.format_exception(error)).strip().replace("\0", "\\0")
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= MAX_ERROR_LENGTH else f"... {text[-MAX_ERROR_LENGTH:]}"


def active(alias: str, shard: OwnedShard) -> QuerySet[ParkedEvent]:
    """Return the rows of a shard that hold their streams back."""
    rows = ParkedEvent.objects.using(alias).filter(subscription=shard.subscription, version=shard.version)
    return rows.filter(shard=shard.number).exclude(status=Status.DISCARDED)


def heads(alias: str, shard: OwnedShard) -> QuerySet[ParkedEvent]:
    """Return the rows of a shard that are the first of their streams."""
    rows = active(alias, shard)
    earlier = rows.filter(stream_id=OuterRef("stream_id"), position__lt=OuterRef("position"))
    return rows.filter(~Exists(earlier))


def due(alias: str, shard: OwnedShard) -> QuerySet[ParkedEvent]:
    """Return the first rows of streams that are to be tried now, oldest first."""
    is_due = Q(status=Status.WAITING) | Q(status=Status.RETRYING, retry_at__lte=Now())
    return heads(alias, shard).filter(is_due).order_by("position")


def keep_aside(
    alias: str, shard: OwnedShard, event: RecordedEvent, error: str, attempts: int, retries: RetryPolicy
) -> ParkedEvent:
    """Add the row of an event that failed: to be retried, or parked if that was the last attempt."""
    row = _row(shard, event, Status.RETRYING)
    _fail(alias, row, error, attempts, retries)
    row.save(using=alias, force_insert=True)
    return row


def hold_back(alias: str, shard: OwnedShard, events: Sequence[RecordedEvent]) -> None:
    """Add rows for events that come after a failed one of their stream."""
    if events:
        rows = [_row(shard, event, Status.WAITING) for event in events]
        ParkedEvent.objects.using(alias).bulk_create(rows)


def fail_again(alias: str, row: ParkedEvent, error: str, attempts: int, retries: RetryPolicy) -> None:
    """Note another failed attempt of a row."""
    _fail(alias, row, error, attempts, retries)
    row.save(using=alias, force_update=True)


def load(alias: str, shard: OwnedShard, now: float) -> None:
    """Take into memory which streams are held back, and when the first of them is due."""
    shard.held_streams = set(active(alias, shard).values_list("stream_id", flat=True).distinct())
    shard.next_retry = None
    if not shard.held_streams:
        return
    first = heads(alias, shard).exclude(status=Status.PARKED).order_by("retry_at")
    waits = first.filter(retry_at=None).exists()
    at = first.exclude(retry_at=None).values_list("retry_at", flat=True).first()
    if waits:
        shard.next_retry = now
    elif at is not None:
        shard.next_retry = now + max(0.0, (at - backend_for(alias).now()).total_seconds())


def delayed(alias: str, seconds: float) -> datetime:
    """Return the time so many seconds from now, by the database's clock."""
    return backend_for(alias).now() + timedelta(seconds=seconds)


def _row(shard: OwnedShard, event: RecordedEvent, status: ParkedEvent.Status) -> ParkedEvent:
    return ParkedEvent(
        subscription_id=shard.subscription,
        version=shard.version,
        shard=shard.number,
        position=event.position,
        event_id=event.event_id,
        stream_id=event.stream_id,
        event_type=event.event_type,
        status=status,
        is_replay=shard.is_replay,
    )


def _fail(alias: str, row: ParkedEvent, error: str, attempts: int, retries: RetryPolicy) -> None:
    parked = retries.is_used_up(attempts)
    row.status = Status.PARKED if parked else Status.RETRYING
    row.retry_at = None if parked else delayed(alias, retries.delay(attempts))
    row.attempts, row.error, row.updated_at = attempts, error, timezone.now()
