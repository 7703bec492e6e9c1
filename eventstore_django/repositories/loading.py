"""An aggregate out of the store: from the nearest snapshot that can be used, and the events after it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from django.apps import apps

from .. import conf
from ..aggregates.aggregate import Aggregate, has_snapshots, ledger_of
from ..aggregates.snapshots import AggregateSnapshot
from ..backends import backend_for
from ..events import RecordedEvent
from ..names import StreamName
from ..snapshots import last_readable, version_and_snapshot
from ..store import EventStore

if TYPE_CHECKING:
    from ..querysets import EventQuerySet

logger = logging.getLogger("eventstore_django.snapshots")

A = TypeVar("A", bound=Aggregate)


@dataclass(slots=True)
class Loading(Generic[A]):
    """The loading of one aggregate, up to a version if one is given."""

    store: EventStore
    kind: type[A]
    stream: StreamName
    until: int | None = None

    def run(self) -> A | None:
        """Return the aggregate; None if its stream has no events that lead to a state."""
        aggregate, _, version = self.base()
        aggregate._replay(self.events_after(aggregate.version, version))
        ledger = ledger_of(aggregate)
        if not ledger.version:
            return None
        # The last events may have been erased: the stream's version stays, and the next append must expect it.
        ledger.version = max(ledger.version, version if self.until is None else min(version, self.until))
        return aggregate

    def base(self) -> tuple[A, AggregateSnapshot | None, int]:
        """Return the aggregate as of the nearest usable snapshot, or new, that snapshot, and the stream's version."""
        version, found = self._version_and_snapshot()
        is_stray = found is not None and found.version > version
        if is_stray:
            logger.warning("A snapshot of %s is ahead of its stream (%s): ignored.", self.stream, version)
            found = last_readable(self.store.using, self.stream.text, version)
        for snapshot in self._from(found):
            aggregate = self._restored(snapshot)
            if aggregate is not None:
                ledger_of(aggregate).has_stray_snapshots = is_stray
                return aggregate, snapshot, version
        aggregate = self._new()
        ledger_of(aggregate).has_stray_snapshots = is_stray
        return aggregate, None, version

    def events_after(self, version: int, last: int) -> Iterable[RecordedEvent]:
        """Give the events after a version; ``last`` is the one that the stream had when it was asked."""
        if self.until is not None:
            last = min(last, self.until)
        if last <= version:
            return ()
        if last - version <= conf.read_batch_size():
            return self.store.get_events(self.stream.text, version + 1, self.until)
        return self.store.iter_events(self.stream.text, version + 1, self.until)

    def _version_and_snapshot(self) -> tuple[int, AggregateSnapshot | None]:
        if has_snapshots(self.kind):
            return version_and_snapshot(self.store.using, self.stream.text, self.until)
        return self.store.get_stream_version(self.stream.text), None

    def _from(self, snapshot: AggregateSnapshot | None) -> Iterator[AggregateSnapshot]:
        while snapshot is not None:
            yield snapshot
            snapshot = last_readable(self.store.using, self.stream.text, snapshot.version - 1)

    def _restored(self, snapshot: AggregateSnapshot) -> A | None:
        if snapshot.schema_version != self.kind.snapshot_schema_version:
            logger.info(
                "A snapshot of %s has schema version %s, not %s: ignored.",
                self.stream,
                snapshot.schema_version,
                self.kind.snapshot_schema_version,
            )
            return None
        aggregate = self._new()
        try:
            aggregate.from_snapshot(snapshot.data)
        except Exception:  # whatever is wrong with it, the events are there
            logger.warning("A snapshot of %s can't be read: ignored.", self.stream, exc_info=True)
            return None
        ledger = ledger_of(aggregate)
        ledger.version = snapshot.version
        ledger.snapshot_at = snapshot.created_at
        return aggregate

    def _new(self) -> A:
        aggregate = self.kind(self.stream.aggregate_id)
        ledger_of(aggregate).stream_id = self.stream.text
        return aggregate


def version_as_of(store: EventStore, stream: StreamName, moment: datetime) -> int:
    """Return the version that a stream had at a moment; 0 for none."""
    events: EventQuerySet = apps.get_model("eventstore", "Event").objects.using(store.using)
    versions = events.stream(stream.text).as_of(moment).order_by("-event_version")
    with backend_for(store.using).translated():
        return versions.values_list("event_version", flat=True).first() or 0
