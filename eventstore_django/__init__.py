"""An event store for Django on PostgreSQL.

These are the public names; models come from ``eventstore_django.models``. All of it can be imported
before ``django.setup()``.
"""

from __future__ import annotations

from .context import caused_by, event_metadata
from .events import NewEvent, RecordedEvent
from .eventtypes.declaring import register_event, upcaster
from .exceptions import (
    CheckpointMismatch,
    ConcurrencyError,
    ConnectionLost,
    DuplicateEventError,
    EventStoreError,
    ImmutableEventError,
    InvalidEvent,
    InvalidExpectedVersion,
    InvalidStreamName,
    NotMigrated,
    PayloadMismatch,
    SubscriptionError,
    TransactionAborted,
    UnknownEventType,
    UnknownSubscription,
    UnsafeRead,
    UnsupportedDatabase,
    VersionConflict,
    WaitTimedOut,
)
from .names import StreamName
from .operations import AppendOperation, AppendResult
from .store import EventStore
from .subscriptions.context import EventContext, event_context
from .subscriptions.declarations import subscription
from .subscriptions.retrying import RetryPolicy
from .subscriptions.transient import EventSubscription
from .subscriptions.versions import live_version
from .subscriptions.waiting import await_for, wait_for
from .versions import ANY, NO_STREAM, STREAM_EXISTS, ExpectedVersion

__version__ = "0.1.0"

__all__ = [
    "ANY",
    "NO_STREAM",
    "STREAM_EXISTS",
    "AppendOperation",
    "AppendResult",
    "CheckpointMismatch",
    "ConcurrencyError",
    "ConnectionLost",
    "DuplicateEventError",
    "EventContext",
    "EventStore",
    "EventStoreError",
    "EventSubscription",
    "ExpectedVersion",
    "ImmutableEventError",
    "InvalidEvent",
    "InvalidExpectedVersion",
    "InvalidStreamName",
    "NewEvent",
    "NotMigrated",
    "PayloadMismatch",
    "RecordedEvent",
    "RetryPolicy",
    "StreamName",
    "SubscriptionError",
    "TransactionAborted",
    "UnknownEventType",
    "UnknownSubscription",
    "UnsafeRead",
    "UnsupportedDatabase",
    "VersionConflict",
    "WaitTimedOut",
    "await_for",
    "caused_by",
    "event_context",
    "event_metadata",
    "live_version",
    "register_event",
    "subscription",
    "upcaster",
    "wait_for",
]
