"""An event store for Django on PostgreSQL.

These are the public names; models come from ``eventstore_django.models``. All of it can be imported
before ``django.setup()``.
"""

from __future__ import annotations

from .context import caused_by, event_metadata
from .events import NewEvent, RecordedEvent
from .exceptions import (
    ConcurrencyError,
    ConnectionLost,
    DuplicateEventError,
    EventStoreError,
    ImmutableEventError,
    InvalidEvent,
    InvalidExpectedVersion,
    InvalidStreamName,
    NotMigrated,
    TransactionAborted,
    UnsafeRead,
    UnsupportedDatabase,
    VersionConflict,
)
from .names import StreamName
from .operations import AppendOperation, AppendResult
from .store import EventStore
from .versions import ANY, NO_STREAM, STREAM_EXISTS, ExpectedVersion

__version__ = "0.1.0"

__all__ = [
    "ANY",
    "NO_STREAM",
    "STREAM_EXISTS",
    "AppendOperation",
    "AppendResult",
    "ConcurrencyError",
    "ConnectionLost",
    "DuplicateEventError",
    "EventStore",
    "EventStoreError",
    "ExpectedVersion",
    "ImmutableEventError",
    "InvalidEvent",
    "InvalidExpectedVersion",
    "InvalidStreamName",
    "NewEvent",
    "NotMigrated",
    "RecordedEvent",
    "StreamName",
    "TransactionAborted",
    "UnsafeRead",
    "UnsupportedDatabase",
    "VersionConflict",
    "caused_by",
    "event_metadata",
]
