"""What happens to an event whose handler failed: it is kept aside, or the subscription waits and stops."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic

from django.db import connections, transaction
from django.db.models.functions import Now

from ..backends import backend_for
from ..events import RecordedEvent
from ..exceptions import ConnectionLost, SubscriptionError
from ..models import ParkedEvent, Subscription
from ..signals import event_parked
from . import checkpoints, parking
from .news import changed
from .reports import Report
from .shards import OwnedShard
from .subscribers import Subscriber
from .transactions import bookkeeping


class ProcessEnded(SubscriptionError):
    """The handler ended the process that it ran in, or hung until the process was ended."""


class Failures:
    """Deals with failed events, for the shards of one worker."""

    def __init__(
        self, alias: str, report: Report, clock: Callable[[], float] = monotonic, *, raises: bool = False
    ) -> None:
        self._alias = alias
        self._report = report
        self._clock = clock
        self._raises = raises

    def of_batch(self, shard: OwnedShard, error: Exception) -> None:
        """Tell that a batch was rolled back, to be handled event by event. Raise what is not the handler's fault."""
        self.raise_if_meant(error)
        self._report.line(f"{shard}: a batch failed ({_short(error)}); going on event by event")

    def of_event(
        self, shard: OwnedShard, subscriber: Subscriber, event: RecordedEvent, error: Exception, attempts: int
    ) -> bool:
        """Keep an event aside, or wait and finally stop; return whether the shard may go on behind it."""
        self.raise_if_meant(error)
        if not subscriber.parks:
            self._wait_or_stop(shard, subscriber, event, error, attempts)
            return False
        with bookkeeping(self._alias):
            row = parking.keep_aside(self._alias, shard, event, parking.told(error), attempts, subscriber.retries)
            named = (event.position, event.event_id)
            checkpoints.advance(self._alias, shard, event.position, named, parked=1)
            self.tell(shard, event, row, error)
        checkpoints.moved(shard, event.position)
        shard.held_streams.add(event.stream_id)
        self.plan_retry(shard, subscriber, row)
        return True

    def tell(self, shard: OwnedShard, event: RecordedEvent, row: ParkedEvent, error: Exception) -> None:
        """Report a failed attempt; when it was the last one also by the signal, after the commit."""
        if row.status != ParkedEvent.Status.PARKED:
            self._report.line(f"{shard}: position {event.position} failed, attempt {row.attempts} ({_short(error)})")
            return
        self._report.line(f"{shard}: parked {event.stream_id!r} at position {event.position} ({_short(error)})")
        send = partial(
            event_parked.send_robust,
            ParkedEvent,
            subscription=shard.subscription,
            event=event,
            error=row.error,
            attempts=row.attempts,
            using=self._alias,
        )
        transaction.on_commit(send, using=self._alias, robust=True)

    def plan_retry(self, shard: OwnedShard, subscriber: Subscriber, row: ParkedEvent) -> None:
        """Note when a row that failed is due again."""
        if row.status == ParkedEvent.Status.RETRYING:
            due = self._clock() + subscriber.retries.delay(row.attempts)
            shard.next_retry = due if shard.next_retry is None else min(due, shard.next_retry)

    def _wait_or_stop(
        self, shard: OwnedShard, subscriber: Subscriber, event: RecordedEvent, error: Exception, attempts: int
    ) -> None:
        delay = subscriber.retries.delay(attempts)
        changes = {"last_error": parking.told(error), "last_error_at": Now(), "updated_at": Now()}
        if subscriber.retries.is_used_up(attempts):
            changes["status"] = Subscription.Status.STOPPED
        with bookkeeping(self._alias):
            until = parking.delayed(self._alias, delay)
            checkpoints.wait(self._alias, shard, event.position, attempts, until)
            Subscription.objects.using(self._alias).filter(pk=shard.subscription).update(**changes)
            changed(self._alias)
        shard.careful = max(shard.careful, 1)
        shard.wait_until = self._clock() + delay
        shard.is_stopped = "status" in changes
        done = "stopped" if shard.is_stopped else f"attempt {attempts} failed"
        self._report.line(f"{shard}: {done} at position {event.position} ({_short(error)})")

    def raise_if_meant(self, error: Exception) -> None:
        """Raise an error that is not for the handler's account."""
        # A connection that broke is nobody's fault but the network's; the loop begins anew.
        if self._raises or isinstance(error, ConnectionLost) or not backend_for(self._alias).is_connected():
            raise error
        for connection in connections.all(initialized_only=True):
            # The handler's statement may have broken another one.
            if connection.errors_occurred and not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()


def _short(error: Exception) -> str:
    try:
        text = f"{type(error).__name__}: {error}".splitlines()[0]
    except Exception:
        text = f"{type(error).__name__}, whose text can't be told"
    return text if len(text) <= 200 else f"{text[:197]}..."
