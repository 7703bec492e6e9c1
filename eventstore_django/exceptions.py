"""Every error that the event store raises: one tree, each error carrying its data as attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


class EventStoreError(Exception):
    """Base of all errors of the event store. Catch it; don't raise it."""


class InvalidStreamName(EventStoreError, ValueError):
    """A text is not a legal stream name, or names a stream that can't be written."""

    def __init__(self, name: object, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason

    def __str__(self) -> str:
        return f"{_shortened(self.name)} is not a valid stream name: {self.reason}."


class InvalidExpectedVersion(EventStoreError, ValueError):
    """An expected version is neither ANY, NO_STREAM, STREAM_EXISTS nor a whole number from 0 on."""

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value

    def __str__(self) -> str:
        return (
            f"{_shortened(self.value)} is not an expected version: use None or ANY, 0 or NO_STREAM, "
            "STREAM_EXISTS, or the version that the stream has now."
        )


class InvalidEvent(EventStoreError, ValueError):
    """An event can't be stored without changing it, or breaks a limit; nothing was sent to the database.

    ``index`` counts the events of one operation from 0, ``operation`` the operations of a batch;
    ``path`` leads to the value that was refused, for example ``payload.items[2].price``.
    """

    def __init__(self, reason: str, *, path: str = "", index: int | None = None, operation: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.index = index
        self.operation = operation

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_invalid_event, (self.reason, self.path, self.index, self.operation)

    def __str__(self) -> str:
        where = "" if self.index is None else f"event {self.index}: "
        where = f"operation {self.operation}, {where}" if self.operation else where
        return f"{where}{self.path}: {self.reason}" if self.path else f"{where}{self.reason}"


def _rebuild_invalid_event(reason: str, path: str, index: int | None, operation: int) -> InvalidEvent:
    return InvalidEvent(reason, path=path, index=index, operation=operation)


class VersionConflict(NamedTuple):
    """One stream that did not have the version that an operation expected.

    ``expected`` is the number, or ``ANY``/``STREAM_EXISTS``; ``actual`` is the stream's version,
    0 for no stream, or None where the database refused to tell it (a lost race under
    REPEATABLE READ or SERIALIZABLE).
    """

    stream_id: str
    expected: object
    actual: int | None


class ConcurrencyError(EventStoreError):
    """A stream was not at the expected version. Nothing was written; read again, decide again, retry.

    ``stream_id``, ``expected`` and ``actual`` tell of the first failing stream, ``conflicts`` of all.
    """

    def __init__(
        self, stream_id: str, expected: object, actual: int | None, conflicts: Sequence[VersionConflict] = ()
    ) -> None:
        super().__init__(stream_id, expected, actual, conflicts)
        self.stream_id = stream_id
        self.expected = expected
        self.actual = actual
        self.conflicts = tuple(conflicts) or (VersionConflict(stream_id, expected, actual),)

    def __str__(self) -> str:
        return "; ".join(_told(conflict) for conflict in self.conflicts) + "."


def _told(conflict: VersionConflict) -> str:
    actual = "was changed by another transaction" if conflict.actual is None else f"is at {conflict.actual}"
    return f"stream {_shortened(conflict.stream_id)} {actual}, expected {conflict.expected}"


class DuplicateEventError(EventStoreError):
    """Event ids are in use already: with other content, or only some of those of the call.

    ``event_ids`` are the ids that stand in the stream already. Nothing was written.
    """

    def __init__(self, stream_id: str, event_ids: Sequence[UUID], reason: str) -> None:
        super().__init__(stream_id, event_ids, reason)
        self.stream_id = stream_id
        self.event_ids = tuple(event_ids)
        self.reason = reason

    def __str__(self) -> str:
        return f"stream {_shortened(self.stream_id)}: {self.reason} ({self.event_ids[0]})."


class ImmutableEventError(EventStoreError):
    """Somebody tried to change or remove stored events. Append a correcting event instead."""


class TransactionAborted(EventStoreError):
    """The database ended this transaction for the sake of others (a deadlock, a busy database).

    Nothing of it was written: run the whole transaction again.
    """


class ConnectionLost(EventStoreError):
    """The connection broke before the database answered: the events may be stored, or not.

    Call again with the same ``NewEvent`` objects, or the same ids: the answer is then certain and
    nothing is stored twice.
    """


class ReadOnlyDatabase(EventStoreError):
    """The database takes no writes here: a standby, a transaction that only reads, a file without permission.

    Nothing was written. ``alias`` is its name in ``DATABASES``.
    """

    def __init__(self, alias: str) -> None:
        super().__init__(alias)
        self.alias = alias

    def __str__(self) -> str:
        return (
            f"Database {self.alias!r} takes no writes here: it is a standby or read-only, or the transaction is. "
            "Write to the primary, outside of such a transaction."
        )


class UnsafeRead(EventStoreError):
    """A read in the global order that could miss events where it was asked for, so it was not done."""


class NotMigrated(EventStoreError):
    """The database lacks tables or functions of the event store: run ``manage.py migrate``."""


class UnsupportedDatabase(EventStoreError):
    """The event store can't keep its promises on this kind or version of database."""


class AggregateNotFound(EventStoreError, LookupError):
    """There is no such aggregate, or it was not there yet at that version or moment."""

    def __init__(self, aggregate_type: str, aggregate_id: str, reason: str = "it has no events") -> None:
        super().__init__(aggregate_type, aggregate_id, reason)
        self.aggregate_type = aggregate_type
        self.aggregate_id = aggregate_id
        self.reason = reason

    def __str__(self) -> str:
        return f"there is no {self.aggregate_type} {_shortened(self.aggregate_id)}: {self.reason}."


class AmbiguousAggregate(EventStoreError, LookupError):
    """Several aggregates have this id: name the type and the partition, or the stream."""

    def __init__(self, aggregate_id: str, stream_ids: Sequence[str]) -> None:
        super().__init__(aggregate_id, stream_ids)
        self.aggregate_id = aggregate_id
        self.stream_ids = tuple(stream_ids)

    def __str__(self) -> str:
        named = ", ".join(_shortened(stream_id) for stream_id in self.stream_ids[:10])
        rest = f" and {len(self.stream_ids) - 10} more" if len(self.stream_ids) > 10 else ""
        return f"{len(self.stream_ids)} aggregates have the id {_shortened(self.aggregate_id)}: {named}{rest}."


class UnhandledEvent(EventStoreError):
    """An aggregate has no method for an event of its stream."""

    def __init__(self, aggregate_type: str, event_type: str, event_version: int) -> None:
        super().__init__(aggregate_type, event_type, event_version)
        self.aggregate_type = aggregate_type
        self.event_type = event_type
        self.event_version = event_version

    def __str__(self) -> str:
        return (
            f"{self.aggregate_type} has no method for {_shortened(self.event_type)} (version {self.event_version}): "
            f"mark one with @applies({_shortened(self.event_type)}), or set ignores_unknown_events."
        )


class ReadOnlyAggregate(EventStoreError):
    """An aggregate that was loaded as it was in the past can't raise events: load it as it is now."""


class InvalidSnapshot(EventStoreError, ValueError):
    """A snapshot can't be stored without changing it, or breaks a limit; nothing was sent to the database.

    ``path`` leads to the value that was refused, for example ``data.items[2].price``.
    """

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class UndecodableSnapshot(EventStoreError, ValueError):
    """Another client has stored a snapshot that Python can't read: an integer of over 4300 digits, say.

    One of an earlier version may be readable, and the events are there.
    """

    def __init__(self, stream_id: str, version: int, reason: str) -> None:
        super().__init__(stream_id, version, reason)
        self.stream_id = stream_id
        self.version = version
        self.reason = reason

    def __str__(self) -> str:
        return f"stream {_shortened(self.stream_id)}, snapshot of version {self.version}: {self.reason}."


class SubscriptionError(EventStoreError):
    """A subscription can't go on, or can't do what it was asked for."""


class UnknownSubscription(SubscriptionError):
    """There is no subscription of this name."""

    def __init__(self, name: str, known: Sequence[str] = ()) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = tuple(known)

    def __str__(self) -> str:
        known = ", ".join(self.known) or "none"
        return f"there is no subscription {_shortened(self.name)} (known: {known})."


class LeaseLost(SubscriptionError):
    """Another worker, or an operator, took the shard over: what was done for it is rolled back."""


class CheckpointMismatch(SubscriptionError):
    """The log is not the one that the checkpoint was taken from: it ends before it, or has another event there.

    So it is after a restore of an older backup or a failover that lost events. Nothing was handled:
    find out what is missing, then reset or rebuild the subscription.
    """


class WaitTimedOut(SubscriptionError, TimeoutError):
    """A subscription had not come to the wanted position in time."""


class UnknownEventType(EventStoreError, LookupError):
    """No class is registered for the name of an event, so there is no typed form of it.

    Its ``payload`` can be read all the same.
    """

    def __init__(self, event_type: str, stream_id: str, event_version: int) -> None:
        super().__init__(event_type, stream_id, event_version)
        self.event_type = event_type
        self.stream_id = stream_id
        self.event_version = event_version

    def __str__(self) -> str:
        where = f"stream {_shortened(self.stream_id)}, event {self.event_version}"
        return f"{where}: no class is registered for event type {_shortened(self.event_type)}."


class PayloadMismatch(EventStoreError, ValueError):
    """A stored payload can't be taken to the newest version of its type, or does not fit the class of it.

    ``schema_version`` is the version that is stored; ``path`` leads to the value that does not fit, for
    example ``lines[2].price``, and is empty where it is the whole payload. The event is as it was.
    """

    def __init__(
        self, stream_id: str, event_version: int, event_type: str, schema_version: int, path: str, reason: str
    ) -> None:
        super().__init__(stream_id, event_version, event_type, schema_version, path, reason)
        self.stream_id = stream_id
        self.event_version = event_version
        self.event_type = event_type
        self.schema_version = schema_version
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        kind = f"{_shortened(self.event_type)} of version {self.schema_version}"
        where = f"stream {_shortened(self.stream_id)}, event {self.event_version} ({kind})"
        return f"{where}: {self.path}: {self.reason}." if self.path else f"{where}: {self.reason}."


class UndecodableEvent(PayloadMismatch):
    """Another client has stored what Python can't read: an integer of over 4300 digits, say, or the time infinity.

    ``path`` is ``payload``, ``metadata``, ``occurred_at`` or ``created_at``. All else of the event can be read.
    """


class ImportRefused(EventStoreError):
    """A line of an import can't become an event. The lines before it are stored."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def _shortened(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
