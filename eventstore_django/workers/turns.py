"""One turn of a shard: read a batch, handle it, move the checkpoint, all in one transaction.

A batch that fails is rolled back and handled again event by event, each in a transaction of its own and
each attempt counted beforehand, until the culprit is found: a handler that ends its process is found too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic
from uuid import UUID

from ..events import RecordedEvent
from ..exceptions import LeaseLost
from . import checkpoints, parking
from .attempts import Attempts
from .failing import Failures, ProcessEnded
from .handling import BATCH_SECONDS, Caller, limited_transaction
from .reading import Batch, last_event, read_batch
from .shards import OwnedShard
from .stopping import StopFlag
from .subscribers import Subscriber
from .transactions import bookkeeping

SKIP_SECONDS = 0.25
"""A shard with nothing to do follows the head at most that often: the row is for others to look at."""


class Turns:
    """Takes turns for the shards of one worker."""

    def __init__(
        self,
        alias: str,
        caller: Caller,
        failures: Failures,
        attempts: Attempts,
        stop: StopFlag,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._alias = alias
        self._caller = caller
        self._failures = failures
        self._attempts = attempts
        self._stop = stop
        self._clock = clock

    def take(self, shard: OwnedShard, subscriber: Subscriber, head: int) -> bool:
        """Handle the next batch of a shard, up to ``head``; return whether there was one."""
        if shard.position >= head or self._clock() < shard.wait_until:
            return False
        batch = read_batch(self._alias, shard, subscriber, head)
        if not batch.events:
            self._skip(shard, batch.until, head)
            return batch.until < head
        if shard.careful or subscriber.one_by_one:
            self._one_by_one(shard, subscriber, batch)
        else:
            self._together(shard, subscriber, batch)
        return True

    def _skip(self, shard: OwnedShard, until: int, head: int) -> None:
        now = self._clock()
        if until == head and now - shard.advanced_at < SKIP_SECONDS:
            return
        shard.advanced_at = now
        self._move(shard, until)

    def _move(self, shard: OwnedShard, until: int) -> None:
        checkpoints.advance(self._alias, shard, until, last_event(self._alias, until))
        checkpoints.moved(shard, until)

    def _together(self, shard: OwnedShard, subscriber: Subscriber, batch: Batch) -> None:
        try:
            with limited_transaction(self._alias, subscriber):
                until = self._handle(shard, subscriber, batch)
        except LeaseLost:
            raise
        except Exception as error:
            self._failures.of_batch(shard, error)
            shard.careful = len(batch.events)
            return
        checkpoints.moved(shard, until)

    def _handle(self, shard: OwnedShard, subscriber: Subscriber, batch: Batch) -> int:
        wanted, held = _divided(batch.events, shard)
        last, until = batch.events[-1], batch.until
        if subscriber.handler.takes_batches:
            self._caller.call_together(subscriber, shard, wanted)
            handled = len(wanted)
        else:
            handled = self._handle_each(shard, subscriber, wanted)
        if handled < len(wanted):
            last = wanted[handled - 1]
            until = last.position
            held = [event for event in held if event.position < until]
        parking.hold_back(self._alias, shard, held)
        checkpoints.advance(self._alias, shard, until, _named(last), handled=handled, parked=len(held))
        return until

    def _handle_each(self, shard: OwnedShard, subscriber: Subscriber, events: list[RecordedEvent]) -> int:
        end = self._clock() + BATCH_SECONDS
        handled = 0
        for event in events:
            self._caller.call(subscriber, shard, event, 1)
            handled += 1
            if self._stop.is_set or self._clock() > end:
                break
        return handled

    def _one_by_one(self, shard: OwnedShard, subscriber: Subscriber, batch: Batch) -> None:
        for event in batch.events:
            if not self._handle_alone(shard, subscriber, event):
                return
            shard.careful = max(0, shard.careful - 1)
            if self._stop.is_set:
                return
        if shard.position < batch.until:
            self._move(shard, batch.until)

    def _handle_alone(self, shard: OwnedShard, subscriber: Subscriber, event: RecordedEvent) -> bool:
        """Handle one event, or keep it aside; return whether the shard may go on."""
        if shard.holds_back(event):
            self._hold(shard, event)
            return True
        if shard.was_left_at(event.position):
            error = ProcessEnded("The worker's process ended while it handled this event.")
            return self._failures.of_event(shard, subscriber, event, error, shard.attempts)
        before = (shard.attempt_position, shard.attempts)
        uncount = partial(checkpoints.uncount_attempt, self._alias, shard, event.position, before)
        with self._attempts.under_way(uncount):
            if shard.careful or shard.attempts:
                checkpoints.count_attempt(self._alias, shard, event.position)
            attempt = max(1, shard.attempts)
            failure = self._attempt(shard, subscriber, event, attempt)
        if failure is not None:
            return self._failures.of_event(shard, subscriber, event, failure, attempt)
        checkpoints.moved(shard, event.position)
        return True

    def _attempt(
        self, shard: OwnedShard, subscriber: Subscriber, event: RecordedEvent, attempt: int
    ) -> Exception | None:
        """Try to handle one event; return what went wrong."""
        try:
            with limited_transaction(self._alias, subscriber):
                self._caller.call(subscriber, shard, event, attempt)
                checkpoints.advance(self._alias, shard, event.position, _named(event), handled=1)
        except LeaseLost:
            raise
        except Exception as error:
            return error
        return None

    def _hold(self, shard: OwnedShard, event: RecordedEvent) -> None:
        with bookkeeping(self._alias):
            parking.hold_back(self._alias, shard, [event])
            checkpoints.advance(self._alias, shard, event.position, _named(event), parked=1)
        checkpoints.moved(shard, event.position)
        shard.held_streams.add(event.stream_id)


def _divided(events: list[RecordedEvent], shard: OwnedShard) -> tuple[list[RecordedEvent], list[RecordedEvent]]:
    """Return the events to handle, and those that must wait."""
    if not shard.held_streams and not shard.left_aside:
        return events, []
    wanted, held = [], []
    for event in events:
        if shard.holds_back(event):
            shard.held_streams.add(event.stream_id)
            held.append(event)
        else:
            wanted.append(event)
    return wanted, held


def _named(event: RecordedEvent) -> tuple[int, UUID]:
    return event.position, event.event_id
