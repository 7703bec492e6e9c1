"""The event store: what an application appends to and reads from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import router

from . import conf
from .aggregates.ledger import AggregateId, id_text
from .aggregates.snapshots import AggregateSnapshot
from .appending import append_operations
from .backends import backend_for
from .events import RecordedEvent
from .instances import EventLike
from .names import StreamName
from .operations import AppendOperation, AppendResult
from .snapshots import Wanted, find_snapshot, write_snapshot
from .subscriptions.filters import EventFilter
from .subscriptions.transient import EventSubscription, on_loop
from .twins import async_iterator_twin, async_twin
from .versions import ANY, ExpectedVersionLike

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .models import Event, Stream
    from .querysets import EventQuerySet

MAX_LIMIT = 10_000
"""Events that one page may have."""

_LAST = 2**62
"""Above every version."""


class EventStore:
    """Appends to and reads from one database.

    ``using`` names a connection in ``DATABASES``; without it the database routers decide, as for a
    write: the order promise needs the primary. Each method has an async twin with an ``a`` before
    its name. Instances hold nothing but the name; make as many as you like.
    """

    def __init__(self, using: str | None = None) -> None:
        self._using = using

    def __repr__(self) -> str:
        return f"EventStore(using={self._using!r})"

    @property
    def using(self) -> str:
        """The name of the connection."""
        return self._using or router.db_for_write(_event_model())

    # Writing

    def append(
        self, stream_id: str, events: Iterable[EventLike], expected_version: ExpectedVersionLike = ANY
    ) -> AppendResult:
        """Append events to a stream, all or none, if the stream has the expected version.

        ``expected_version``: None or ``ANY``; 0 or ``NO_STREAM``; ``STREAM_EXISTS``; or the version.
        The same events again (same ids, same content) return the first result and write nothing.
        Inside ``transaction.atomic()`` the append is a part of that transaction.

        Raise ConcurrencyError (nothing is written, the transaction stays usable),
        DuplicateEventError, and before any SQL InvalidEvent or InvalidStreamName.
        """
        return self.append_batch([AppendOperation(stream_id, events, expected_version)])[0]  # type: ignore[arg-type]

    def append_batch(self, operations: Iterable[AppendOperation]) -> list[AppendResult]:
        """Append to several streams, all or nothing; return a result for each operation, in order.

        A stream may be named twice: the second operation follows the first. An operation without
        events only checks. ConcurrencyError tells of every failing stream (``error.conflicts``).
        """
        return append_operations(self.using, operations)

    # Reading a stream

    def get_events(self, stream_id: str, from_version: int = 1, to_version: int | None = None) -> list[RecordedEvent]:
        """Return a stream's events, both ends included; an empty list if there is no such stream.

        For ``$all`` the bounds are positions, and only settled events are returned.
        """
        name = StreamName.parse(stream_id)
        if name.is_all:
            return list(self.iter_all_events(from_version, to_version))
        return self._read_range(name.text, from_version, _LAST if to_version is None else to_version)

    def get_stream_version(self, stream_id: str) -> int:
        """Return the version of a stream: the number of its last event, 0 if it has none."""
        name = StreamName.parse(stream_id)
        with backend_for(self.using).translated():
            versions = self._streams().filter(pk=name.text).values_list("version", flat=True)
            return versions.first() or 0

    def stream_exists(self, stream_id: str) -> bool:
        """Return whether a stream has events."""
        return self.get_stream_version(stream_id) > 0

    def iter_events(
        self, stream_id: str, from_version: int | None = None, to_version: int | None = None, *, backwards: bool = False
    ) -> Iterator[RecordedEvent]:
        """Give a stream's events one by one, in bounded memory, both ends included.

        ``from_version`` is where it begins: the first event, or the last one when it goes
        ``backwards``; ``to_version`` is where it ends.
        """
        name = StreamName.parse(stream_id)
        if name.is_all:
            return self.iter_all_events(from_version, to_version, backwards=backwards)
        return self._pages(self._events().stream(name.text), "event_version", from_version, to_version, backwards)

    # Reading in the global order

    def get_all_events(self, from_position: int = 1, limit: int = 1000) -> list[RecordedEvent]:
        """Return events of all streams from a position on, that one included, in the global order.

        A reader that goes on from the last position it saw, plus one, misses no event and sees none
        twice. Raise UnsafeRead where that can't be kept (docs/positions.md).
        """
        return self._read(self._from_position(self._events(), from_position, limit))

    def get_category_events(self, category: str, from_position: int = 1, limit: int = 1000) -> list[RecordedEvent]:
        """Return events of a category's streams; otherwise like ``get_all_events``."""
        return self._read(self._from_position(self._events().category(category), from_position, limit))

    def iter_all_events(
        self,
        from_position: int | None = None,
        to_position: int | None = None,
        *,
        backwards: bool = False,
        category: str | None = None,
        partition: str | None = None,
    ) -> Iterator[RecordedEvent]:
        """Give the settled events in the global order one by one, in bounded memory, ends included.

        Forward it ends where the log is settled when it gets there.
        """
        events = self._events().settled()
        if category is not None:
            events = events.category(category)
        if partition is not None:
            events = events.partition(partition)
        return self._pages(events, "position", from_position, to_position, backwards)

    def head_position(self) -> int:
        """Return the position up to which the log is settled: what a reader can have read by now."""
        backend = backend_for(self.using)
        with backend.translated():
            return backend.watermark()

    # Snapshots

    def save_snapshot(self, snapshot: AggregateSnapshot) -> AggregateSnapshot:
        """Store a snapshot, in place of one of the same stream and version; return it as it was stored.

        Of its stream the last ``SNAPSHOTS_KEPT`` up to this one stay. Inside ``transaction.atomic()`` it
        is a part of that transaction. Raise InvalidSnapshot before any SQL for data that can't be
        stored unchanged.
        """
        return write_snapshot(self.using, snapshot)

    def get_snapshot(
        self,
        aggregate_id: AggregateId,
        aggregate_type: str | None = None,
        partition: str | None = None,
        max_version: int | None = None,
        *,
        stream_id: str | None = None,
    ) -> AggregateSnapshot | None:
        """Return the last snapshot of an aggregate, or None; ``max_version`` is the highest that will do.

        What is None is not asked for. Raise AmbiguousAggregate, which names them, if several
        aggregates of that id have snapshots: name the type, the partition or the stream.
        """
        wanted = Wanted(id_text(aggregate_id), aggregate_type, partition, stream_id)
        return find_snapshot(self.using, wanted, max_version)

    # Following

    def subscribe(
        self,
        from_position: int,
        handler: Callable[[RecordedEvent], Any],
        *,
        categories: Iterable[str] = (),
        event_types: Iterable[str] = (),
        partitions: Iterable[str] = (),
    ) -> EventSubscription:
        """Call ``handler`` for each event from a position on, that one included, then for each new one.

        In a thread, in order, without missing any; remembered nowhere. For work that must survive a
        restart declare a durable ``subscription``.
        """
        wanted = EventFilter.of(categories, event_types, partitions)
        return EventSubscription(self.using, from_position, handler, wanted).start()

    async def asubscribe(
        self,
        from_position: int,
        handler: Callable[[RecordedEvent], Any],
        *,
        categories: Iterable[str] = (),
        event_types: Iterable[str] = (),
        partitions: Iterable[str] = (),
    ) -> EventSubscription:
        """Async twin of ``subscribe``: the handler is async too, and runs on the event loop of the caller."""
        call = on_loop(handler, asyncio.get_running_loop())
        return self.subscribe(
            from_position, call, categories=categories, event_types=event_types, partitions=partitions
        )

    # How

    def _events(self) -> EventQuerySet:
        events: EventQuerySet = _event_model().objects.using(self.using)
        return events

    def _streams(self) -> QuerySet[Stream]:
        model: type[Stream] = apps.get_model("eventstore", "Stream")
        return model._default_manager.using(self.using)

    def _read_range(self, stream_id: str, first: int, last: int) -> list[RecordedEvent]:
        # Of whatever else may stand for a number, and of those beyond a bigint, the ORM knows what to make.
        if not (type(first) is type(last) is int and abs(first) <= _LAST and abs(last) <= _LAST):
            events = self._events().stream(stream_id)
            return self._read(events.filter(event_version__gte=first, event_version__lte=last))
        backend = backend_for(self.using)
        with backend.translated():
            return list(backend.recorded_events(backend.rows(_stream_range, stream_id, first, last)))

    def _from_position(self, events: EventQuerySet, from_position: int, limit: int) -> EventQuerySet:
        if not 1 <= limit <= MAX_LIMIT:
            raise ValueError(f"limit must be between 1 and {MAX_LIMIT}, not {limit}.")
        return events.settled().filter(position__gte=from_position).order_by("position")[:limit]

    def _read(self, events: EventQuerySet) -> list[RecordedEvent]:
        with backend_for(self.using).translated():
            return list(events.recorded())

    def _pages(
        self, events: EventQuerySet, field: str, start: int | None, end: int | None, backwards: bool
    ) -> Iterator[RecordedEvent]:
        onward, until = ("lte", "gte") if backwards else ("gte", "lte")
        events = events.order_by(f"-{field}" if backwards else field)
        if end is not None:
            events = events.filter(**{f"{field}__{until}": end})
        size = conf.read_batch_size()
        while True:
            rest = events if start is None else events.filter(**{f"{field}__{onward}": start})
            page = self._read(rest[:size])
            yield from page
            if len(page) < size:
                return
            last: int = getattr(page[-1], field)
            start = last - 1 if backwards else last + 1

    # Async

    aappend = async_twin(append)
    aappend_batch = async_twin(append_batch)
    aget_events = async_twin(get_events)
    aget_stream_version = async_twin(get_stream_version)
    astream_exists = async_twin(stream_exists)
    aget_all_events = async_twin(get_all_events)
    aget_category_events = async_twin(get_category_events)
    asave_snapshot = async_twin(save_snapshot)
    aget_snapshot = async_twin(get_snapshot)
    ahead_position = async_twin(head_position)
    aiter_events = async_iterator_twin(iter_events)
    aiter_all_events = async_iterator_twin(iter_all_events)


def _stream_range(using: str, stream_id: str, first: int, last: int) -> QuerySet[Event, tuple[Any, ...]]:
    """Template of what is read most: making SQL of it each time would take longer than reading a short stream."""
    events: EventQuerySet = _event_model().objects.using(using).stream(stream_id)
    rows = events.filter(event_version__gte=first, event_version__lte=last)
    return rows.values_list(*backend_for(using).recorded_columns)


def _event_model() -> type[Event]:
    model: type[Event] = apps.get_model("eventstore", "Event")
    return model
