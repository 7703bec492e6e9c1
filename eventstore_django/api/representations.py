"""What is stored, as JSON shows it."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from ..encoding import JSONObject, Undecodable
from ..events import RecordedEvent
from ..exceptions import PayloadMismatch
from ..models import Snapshot, Stream
from .rendering import UNREADABLE, StoredBody
from .times import written

logger = logging.getLogger("eventstore_django.api")


def event_body(event: RecordedEvent) -> StoredBody:
    """Return an event; times with microseconds, in UTC.

    The payload is in its newest shape, of which ``schema_version`` is the version. One that can't be
    brought there is shown as it is stored: a broken upcaster must not hide the log, nor make a failure
    of an append that was stored. What can't be decoded, or not be written as JSON, is null, and
    ``undecodable`` says why; no other event has that key.
    """
    payload, version = _readable(event)
    members = {
        "position": event.position,
        "event_id": str(event.event_id),
        "stream_id": event.stream_id,
        "event_version": event.event_version,
        "event_type": event.event_type,
        "schema_version": version,
        "payload": payload,
        "metadata": None if "metadata" in event.undecodable else event.metadata,
        "aggregate_id": event.aggregate_id,
        "aggregate_type": event.aggregate_type,
        "category": event.category,
        "partition": event.partition,
        "occurred_at": _time(event, "occurred_at"),
        "created_at": _time(event, "created_at"),
    }
    if event.undecodable:
        logger.warning("The event at %s can't be shown whole: another client has written it.", event.position)
        members[UNREADABLE] = {part: value.reason for part, value in event.undecodable.items()}
    return StoredBody(members, "payload", "metadata")


def _time(event: RecordedEvent, name: str) -> str | None:
    return None if name in event.undecodable else written(getattr(event, name))


def _readable(event: RecordedEvent) -> tuple[JSONObject | None, int]:
    if "payload" in event.undecodable:
        return None, event.schema_version
    try:
        return event.payload, event.payload_version
    except PayloadMismatch:
        logger.warning("The event at %s is shown as it is stored.", event.position, exc_info=True)
        return event.stored_payload, event.schema_version


def stream_body(stream: Stream) -> StoredBody:
    """Return a stream: its name, its version, and what the name says. Times as those of an event."""
    members = {
        "stream_id": stream.stream_id,
        "version": stream.version,
        "category": stream.category,
        "partition": stream.partition,
        "aggregate_type": stream.aggregate_type,
        "aggregate_id": stream.aggregate_id,
        "created_at": stream.created_at,
        "updated_at": stream.updated_at,
    }
    return _row_body(members)


def snapshot_body(snapshot: Snapshot) -> StoredBody:
    """Return a snapshot with its data; what can't be decoded of it as of an event."""
    members = {
        "id": snapshot.pk,
        "stream_id": snapshot.stream_id,
        "aggregate_id": snapshot.aggregate_id,
        "aggregate_type": snapshot.aggregate_type,
        "version": snapshot.version,
        "schema_version": snapshot.schema_version,
        "data": snapshot.data,
        "created_at": snapshot.created_at,
    }
    return _row_body(members, "data")


def _row_body(members: dict[str, Any], *parts: str) -> StoredBody:
    shown = {name: written(value) if isinstance(value, datetime) else value for name, value in members.items()}
    if faults := {name: value.reason for name, value in members.items() if isinstance(value, Undecodable)}:
        shown |= {**dict.fromkeys(faults), UNREADABLE: faults}
    return StoredBody(shown, *parts)
