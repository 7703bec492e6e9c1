"""The event store: what an application appends to and reads from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import router

from .aggregates.ledger import AggregateId, id_text
from .aggregates.snapshots import AggregateSnapshot
from .appending import append_operations
from .backends import backend_for
from .events import RecordedEvent
from .instances import EventLike
from .names import StreamName
from .operations import AppendOperation, AppendResult
from .pages import FURTHEST, lowest, read_log, read_stream, stream_version, walk_log, walk_stream
from .snapshots import Wanted, find_snapshot, write_snapshot
from .subscriptions.filters import EventFilter
from .subscriptions.transient import EventSubscription, on_loop
from .twins import async_iterator_twin, async_twin
from .versions import ANY, ExpectedVersionLike

if TYPE_CHECKING:
    from .models import Event

MAX_LIMIT = 10_000
"""Events that one page may have."""


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
        return read_stream(self.using, name.text, from_version, to_version)

    def get_stream_version(self, stream_id: str) -> int:
        """Return the version of a stream: the number of its last event, 0 if it has none."""
        return stream_version(self.using, StreamName.parse(stream_id).text)

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
        return walk_stream(self.using, name.text, from_version, to_version, backwards)

    # Reading in the global order

    def get_all_events(self, from_position: int = 1, limit: int = 1000) -> list[RecordedEvent]:
        """Return events of all streams from a position on, that one included, in the global order.

        A reader that goes on from the last position it saw, plus one, misses no event and sees none
        twice. Raise UnsafeRead where that can't be kept (docs/positions.md).
        """
        return self._from_position({}, from_position, limit)

    def get_category_events(self, category: str, from_position: int = 1, limit: int = 1000) -> list[RecordedEvent]:
        """Return events of a category's streams; otherwise like ``get_all_events``."""
        return self._from_position({"category": category}, from_position, limit)

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
        wanted = {"category": category, "partition": partition}
        names = {column: name for column, name in wanted.items() if name is not None}
        return walk_log(self.using, names, from_position, to_position, backwards)

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
        aggregates of that id have snapshots: name the type, the partition or the stream. Raise
        UndecodableSnapshot if another client has stored it and Python can't read it.
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

    def _from_position(self, names: dict[str, str], from_position: int, limit: int) -> list[RecordedEvent]:
        if not 1 <= limit <= MAX_LIMIT:
            raise ValueError(f"limit must be between 1 and {MAX_LIMIT}, not {limit}.")
        return read_log(self.using, names, lowest(from_position), FURTHEST, limit)

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


def _event_model() -> type[Event]:
    model: type[Event] = apps.get_model("eventstore", "Event")
    return model
