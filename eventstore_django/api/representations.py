"""What is stored, as JSON shows it."""

from __future__ import annotations

from typing import Any

from ..events import RecordedEvent
from ..models import Snapshot, Stream
from .times import written


def event_body(event: RecordedEvent) -> dict[str, Any]:
    """Return an event; times with microseconds, in UTC."""
    return {
        "position": event.position,
        "event_id": str(event.event_id),
        "stream_id": event.stream_id,
        "event_version": event.event_version,
        "event_type": event.event_type,
        "schema_version": event.schema_version,
        "payload": event.payload,
        "metadata": event.metadata,
        "aggregate_id": event.aggregate_id,
        "aggregate_type": event.aggregate_type,
        "category": event.category,
        "partition": event.partition,
        "occurred_at": written(event.occurred_at),
        "created_at": written(event.created_at),
    }


def stream_body(stream: Stream) -> dict[str, Any]:
    """Return a stream: its name, its version, and what the name says."""
    return {
        "stream_id": stream.stream_id,
        "version": stream.version,
        "category": stream.category,
        "partition": stream.partition,
        "aggregate_type": stream.aggregate_type,
        "aggregate_id": stream.aggregate_id,
        "created_at": written(stream.created_at),
        "updated_at": written(stream.updated_at),
    }


def snapshot_body(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot with its data."""
    return {
        "id": snapshot.pk,
        "stream_id": snapshot.stream_id,
        "aggregate_id": snapshot.aggregate_id,
        "aggregate_type": snapshot.aggregate_type,
        "version": snapshot.version,
        "schema_version": snapshot.schema_version,
        "data": snapshot.data,
        "created_at": written(snapshot.created_at),
    }
