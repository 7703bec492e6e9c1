"""Trying events again that were kept aside, in the order of their streams."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial
from time import monotonic

from django.db.models import F
from django.db.models.functions import Now

from ..events import RecordedEvent
from ..exceptions import LeaseLost
from ..models import Event, ParkedEvent
from . import checkpoints, parking
from .attempts import Attempts
from .failing import Failures, ProcessEnded
from .handling import Caller, limited_transaction
from .reading import read_event
from .reports import Report
from .shards import OwnedShard
from .stopping import StopFlag
from .subscribers import Subscriber
from .transactions import bookkeeping

AT_A_TIME = 100
"""Events that are tried again before other shards have their turn."""

Status = ParkedEvent.Status


class Retries:
    """Takes up what was kept aside, for the shards of one worker."""

    def __init__(
        self,
        alias: str,
        caller: Caller,
        failures: Failures,
        attempts: Attempts,
        report: Report,
        stop: StopFlag,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._alias = alias
        self._caller = caller
        self._failures = failures
        self._attempts = attempts
        self._report = report
        self._stop = stop
        self._clock = clock

    def take(self, shard: OwnedShard, subscriber: Subscriber) -> bool:
        """Try what is due; return whether there was something."""
        if shard.next_retry is None or self._clock() < shard.next_retry:
            return False
        tried = 0
        while tried < AT_A_TIME and not self._stop.is_set:
            row = parking.due(self._alias, shard).first()
            if row is None:
                break
            self._try(shard, subscriber, row)
            tried += 1
        parking.load(self._alias, shard, self._clock())
        return tried > 0

    def _try(self, shard: OwnedShard, subscriber: Subscriber, row: ParkedEvent) -> None:
        try:
            event = read_event(self._alias, row.position)
        except Event.DoesNotExist:
            self._report.line(f"{shard}: position {row.position} was erased, and is parked no longer")
            ParkedEvent.objects.using(self._alias).filter(pk=row.pk).delete()
            return
        if subscriber.retries.is_used_up(row.attempts):
            # Counted before each attempt, and never heard of again.
            error = ProcessEnded("The worker's process ended at each attempt to handle this event.")
            self._failed(shard, subscriber, event, row, error)
            return
        with self._attempts.under_way(partial(self._uncount, shard, copy(row))):
            self._count(shard, subscriber, row)
            failure = self._attempt(shard, subscriber, event, row)
        if failure is None:
            self._report.line(f"{shard}: position {row.position} handled at attempt {row.attempts}")
        elif not isinstance(failure, _Discarded):
            self._failed(shard, subscriber, event, row, failure)

    def _attempt(
        self, shard: OwnedShard, subscriber: Subscriber, event: RecordedEvent, row: ParkedEvent
    ) -> Exception | None:
        """Try to handle one event; return what went wrong."""
        try:
            with limited_transaction(self._alias, subscriber):
                self._caller.call(subscriber, shard, event, row.attempts, is_replay=row.is_replay)
                # The shard before the row, as everybody locks them.
                checkpoints.hold(self._alias, shard, handled=1)
                self._remove(row)
        except LeaseLost:
            raise
        except Exception as error:
            return error
        return None

    def _count(self, shard: OwnedShard, subscriber: Subscriber, row: ParkedEvent) -> None:
        """Note the attempt before it is made: it may end this process, and is then due again after the delay."""
        row.attempts += 1
        delay = parking.delayed(self._alias, subscriber.retries.delay(row.attempts))
        with bookkeeping(self._alias):
            checkpoints.hold(self._alias, shard)
            rows = ParkedEvent.objects.using(self._alias).filter(pk=row.pk)
            rows.update(attempts=F("attempts") + 1, status=Status.RETRYING, retry_at=delay, updated_at=Now())

    def _uncount(self, shard: OwnedShard, before: ParkedEvent) -> None:
        """Put a row back to where it stood before an attempt that was broken off, if that was counted."""
        with bookkeeping(self._alias):
            checkpoints.hold(self._alias, shard)
            counted = ParkedEvent.objects.using(self._alias).filter(
                pk=before.pk, attempts=before.attempts + 1, status=Status.RETRYING
            )
            counted.update(attempts=before.attempts, status=before.status, retry_at=before.retry_at, updated_at=Now())

    def _remove(self, row: ParkedEvent) -> None:
        rows = ParkedEvent.objects.using(self._alias).filter(pk=row.pk).exclude(status=Status.DISCARDED)
        if not rows.delete()[0]:
            raise _Discarded

    def _is_wanted(self, row: ParkedEvent) -> bool:
        """Lock the row; return whether nobody discarded it in between."""
        rows = ParkedEvent.objects.using(self._alias).select_for_update().filter(pk=row.pk)
        return rows.exclude(status=Status.DISCARDED).exists()

    def _failed(
        self, shard: OwnedShard, subscriber: Subscriber, event: RecordedEvent, row: ParkedEvent, error: Exception
    ) -> None:
        self._failures.raise_if_meant(error)
        with bookkeeping(self._alias):
            checkpoints.hold(self._alias, shard)
            if self._is_wanted(row):
                parking.fail_again(self._alias, row, parking.told(error), row.attempts, subscriber.retries)
                self._failures.tell(shard, event, row, error)


class _Discarded(Exception):
    """An operator gave up on the event while it was tried: what the handler did is rolled back."""
