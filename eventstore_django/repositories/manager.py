"""Snapshots around appends: taken after one when the strategy says so, used when an aggregate is loaded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from django.db import transaction

from ..aggregates.aggregate import Aggregate, has_snapshots, ledger_of
from ..aggregates.ledger import AggregateId, id_text
from ..aggregates.snapshots import AggregateSnapshot
from ..aggregates.strategies import IntervalSnapshotStrategy, SnapshotStrategy
from ..backends import backend_for
from ..events import NewEvent, RecordedEvent
from ..instances import EventLike
from ..names import StreamName
from ..operations import AppendResult
from ..snapshots import has_erasures, lock_streams, remove_snapshots_above
from ..store import EventStore
from ..twins import async_twin
from .loading import Loading
from .saving import Saving

logger = logging.getLogger("eventstore_django.snapshots")

A = TypeVar("A", bound=Aggregate)


class AggregateHistory(NamedTuple):
    """What the state of an aggregate follows from."""

    snapshot: AggregateSnapshot | None
    events: list[RecordedEvent]


class SnapshotManager:
    """Loads aggregates from snapshots and the events after them, and takes snapshots after appends.

    ``strategy`` says when; by default each time an append passes a multiple of 100. ``clock`` gives
    the time for strategies that go by it.
    """

    def __init__(
        self,
        store: EventStore | None = None,
        strategy: SnapshotStrategy | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.store = store or EventStore()
        self.strategy = strategy or IntervalSnapshotStrategy()
        self._clock = clock

    def load_aggregate(
        self, aggregate_class: type[Aggregate], aggregate_id: AggregateId, partition: str | None = None
    ) -> AggregateHistory:
        """Return the last usable snapshot, or None, and the events after it; nothing of both for no such aggregate.

        A snapshot of another schema version, one that can't be decoded, one that ``from_snapshot`` does not
        take and one that is ahead of its stream are passed over for an earlier one, and that is logged.
        """
        stream = StreamName.of(aggregate_class.aggregate_type, id_text(aggregate_id), partition)
        loading = Loading(self.store, aggregate_class, stream)
        _, snapshot, version = loading.base()
        return AggregateHistory(snapshot, list(loading.events_after(snapshot.version if snapshot else 0, version)))

    def save_aggregate(
        self, aggregate: Aggregate, events: Iterable[EventLike] | None = None, partition: str | None = None
    ) -> AppendResult:
        """Append events, expecting the aggregate's version, and take a snapshot if it is time for one.

        ``events`` are the pending ones by default; others are raised first, so that the state has
        them. Raise ConcurrencyError, as ``EventStore.append``; a snapshot that fails is logged only.
        """
        known = {event.event_id for event in aggregate.pending_events}
        for event in events or ():
            if not isinstance(event, NewEvent) or event.event_id not in known:
                aggregate.raise_event(event)
        saving = Saving(aggregate, partition)
        return saving.accept(self.store.append_batch([saving.operation()])[0], self._after_append)

    def _after_append(self, aggregate: Aggregate, previous_version: int) -> None:
        try:
            if has_snapshots(type(aggregate)):
                self._remove_strays(aggregate, previous_version)
                self._take_if_due(aggregate, previous_version)
        except Exception:  # the events are stored, and a snapshot is only a help
            logger.exception("No snapshot was taken of %r.", aggregate)

    def _remove_strays(self, aggregate: Aggregate, version: int) -> None:
        ledger = ledger_of(aggregate)
        if ledger.has_stray_snapshots:
            # The stream will pass their versions, and they would be taken for its own.
            with transaction.atomic(using=self.store.using):
                remove_snapshots_above(self.store.using, str(ledger.stream_id), version)
            ledger.has_stray_snapshots = False

    def _take_if_due(self, aggregate: Aggregate, previous_version: int) -> None:
        ledger, now = ledger_of(aggregate), self._clock()
        times = {"last_snapshot_at": ledger.snapshot_at, "now": now}
        if self.strategy.should_take_snapshot(aggregate.version, previous_version, **times):
            ledger.snapshot_at = self._take(aggregate).created_at

    def _take(self, aggregate: Aggregate) -> AggregateSnapshot:
        stream = StreamName.parse(str(ledger_of(aggregate).stream_id))
        with transaction.atomic(using=self.store.using):
            backend = backend_for(self.store.using)
            lock_streams(backend, [stream.text])
            source: Aggregate | None = aggregate
            if has_erasures(backend, stream.text, aggregate.version):
                # This state may have been loaded before the erasure, and still hold what is gone.
                source = Loading(self.store, type(aggregate), stream, aggregate.version).run()
            return self.store.save_snapshot(snapshot_of(source or aggregate, stream))

    aload_aggregate = async_twin(load_aggregate)
    asave_aggregate = async_twin(save_aggregate)


def snapshot_of(aggregate: Aggregate, stream: StreamName) -> AggregateSnapshot:
    """Return the state of an aggregate as a snapshot."""
    return AggregateSnapshot(
        aggregate.id,
        aggregate.aggregate_type,
        aggregate.version,
        aggregate.to_snapshot(),
        aggregate.snapshot_schema_version,
        stream_id=stream.text,
    )
