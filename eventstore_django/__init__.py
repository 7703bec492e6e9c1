"""An event store for Django on PostgreSQL.

These are the public names; models come from ``eventstore_django.models``. All of it can be imported
before ``django.setup()``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .aggregates.aggregate import Aggregate
    from .aggregates.applying import AppliedEvent, applies
    from .aggregates.deciders import DecidedAggregate, Decider
    from .aggregates.snapshots import AggregateSnapshot
    from .aggregates.strategies import (
        AnySnapshotStrategy,
        IntervalSnapshotStrategy,
        NeverSnapshotStrategy,
        SnapshotStrategy,
        TimedSnapshotStrategy,
    )
    from .cache.store import CachedEventStore
    from .context import caused_by, event_metadata
    from .events import NewEvent, RecordedEvent
    from .eventtypes.declaring import register_event, upcaster
    from .exceptions import (
        AggregateNotFound,
        AmbiguousAggregate,
        CheckpointMismatch,
        ConcurrencyError,
        ConnectionLost,
        DuplicateEventError,
        EventStoreError,
        ImmutableEventError,
        InvalidEvent,
        InvalidExpectedVersion,
        InvalidSnapshot,
        InvalidStreamName,
        NotMigrated,
        PayloadMismatch,
        ReadOnlyAggregate,
        ReadOnlyDatabase,
        SubscriptionError,
        TransactionAborted,
        UndecodableEvent,
        UndecodableSnapshot,
        UnhandledEvent,
        UnknownEventType,
        UnknownSubscription,
        UnsafeRead,
        UnsupportedDatabase,
        VersionConflict,
        WaitTimedOut,
    )
    from .names import StreamName
    from .operations import AppendOperation, AppendResult
    from .repositories.editing import Edit
    from .repositories.manager import AggregateHistory, SnapshotManager
    from .repositories.repository import Repository
    from .repositories.together import save_all
    from .store import EventStore
    from .subscriptions.context import EventContext, event_context
    from .subscriptions.declarations import subscription
    from .subscriptions.retrying import RetryPolicy
    from .subscriptions.transient import EventSubscription
    from .subscriptions.versions import live_version
    from .subscriptions.waiting import await_for, wait_for
    from .versions import ANY, NO_STREAM, STREAM_EXISTS, ExpectedVersion
else:
    from .exporting import on_demand as _on_demand

    # Django imports this package when it starts, and an application seldom needs all of it.
    __getattr__ = _on_demand(
        __name__,
        {
            ".aggregates.aggregate": ("Aggregate",),
            ".aggregates.applying": ("AppliedEvent", "applies"),
            ".aggregates.deciders": ("DecidedAggregate", "Decider"),
            ".aggregates.snapshots": ("AggregateSnapshot",),
            ".aggregates.strategies": (
                "AnySnapshotStrategy",
                "IntervalSnapshotStrategy",
                "NeverSnapshotStrategy",
                "SnapshotStrategy",
                "TimedSnapshotStrategy",
            ),
            ".cache.store": ("CachedEventStore",),
            ".context": ("caused_by", "event_metadata"),
            ".events": ("NewEvent", "RecordedEvent"),
            ".eventtypes.declaring": ("register_event", "upcaster"),
            ".exceptions": (
                "AggregateNotFound",
                "AmbiguousAggregate",
                "CheckpointMismatch",
                "ConcurrencyError",
                "ConnectionLost",
                "DuplicateEventError",
                "EventStoreError",
                "ImmutableEventError",
                "InvalidEvent",
                "InvalidExpectedVersion",
                "InvalidSnapshot",
                "InvalidStreamName",
                "NotMigrated",
                "PayloadMismatch",
                "ReadOnlyAggregate",
                "ReadOnlyDatabase",
                "SubscriptionError",
                "TransactionAborted",
                "UndecodableEvent",
                "UndecodableSnapshot",
                "UnhandledEvent",
                "UnknownEventType",
                "UnknownSubscription",
                "UnsafeRead",
                "UnsupportedDatabase",
                "VersionConflict",
                "WaitTimedOut",
            ),
            ".names": ("StreamName",),
            ".operations": ("AppendOperation", "AppendResult"),
            ".repositories.editing": ("Edit",),
            ".repositories.manager": ("AggregateHistory", "SnapshotManager"),
            ".repositories.repository": ("Repository",),
            ".repositories.together": ("save_all",),
            ".store": ("EventStore",),
            ".subscriptions.context": ("EventContext", "event_context"),
            ".subscriptions.declarations": ("subscription",),
            ".subscriptions.retrying": ("RetryPolicy",),
            ".subscriptions.transient": ("EventSubscription",),
            ".subscriptions.versions": ("live_version",),
            ".subscriptions.waiting": ("await_for", "wait_for"),
            ".versions": ("ANY", "NO_STREAM", "STREAM_EXISTS", "ExpectedVersion"),
        },
    )

__version__ = "0.1.0"

__all__ = [
    "ANY",
    "NO_STREAM",
    "STREAM_EXISTS",
    "Aggregate",
    "AggregateHistory",
    "AggregateNotFound",
    "AggregateSnapshot",
    "AmbiguousAggregate",
    "AnySnapshotStrategy",
    "AppendOperation",
    "AppendResult",
    "AppliedEvent",
    "CachedEventStore",
    "CheckpointMismatch",
    "ConcurrencyError",
    "ConnectionLost",
    "DecidedAggregate",
    "Decider",
    "DuplicateEventError",
    "Edit",
    "EventContext",
    "EventStore",
    "EventStoreError",
    "EventSubscription",
    "ExpectedVersion",
    "ImmutableEventError",
    "IntervalSnapshotStrategy",
    "InvalidEvent",
    "InvalidExpectedVersion",
    "InvalidSnapshot",
    "InvalidStreamName",
    "NeverSnapshotStrategy",
    "NewEvent",
    "NotMigrated",
    "PayloadMismatch",
    "ReadOnlyAggregate",
    "ReadOnlyDatabase",
    "RecordedEvent",
    "Repository",
    "RetryPolicy",
    "SnapshotManager",
    "SnapshotStrategy",
    "StreamName",
    "SubscriptionError",
    "TimedSnapshotStrategy",
    "TransactionAborted",
    "UndecodableEvent",
    "UndecodableSnapshot",
    "UnhandledEvent",
    "UnknownEventType",
    "UnknownSubscription",
    "UnsafeRead",
    "UnsupportedDatabase",
    "VersionConflict",
    "WaitTimedOut",
    "applies",
    "await_for",
    "caused_by",
    "event_context",
    "event_metadata",
    "live_version",
    "register_event",
    "save_all",
    "subscription",
    "upcaster",
    "wait_for",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
