"""Bodies: recorded events going out, new events coming in."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from ..events import NewEvent, RecordedEvent
from ..exceptions import InvalidEvent
from ..versions import ANY, NO_STREAM, STREAM_EXISTS, ExpectedVersion

_EXPECTED = {"any": ANY, "no_stream": NO_STREAM, "stream_exists": STREAM_EXISTS}
_TOO_FINE = re.compile(r"[.,]\d{7}")
_EVENT_FIELDS = {"event_type", "payload", "metadata", "event_id", "occurred_at"}


def event_body(event: RecordedEvent) -> dict[str, Any]:
    """Return an event as JSON shows it; times with microseconds, in UTC."""
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
        "occurred_at": event.occurred_at.isoformat(timespec="microseconds"),
        "created_at": event.created_at.isoformat(timespec="microseconds"),
    }


def append_body(body: Any) -> tuple[list[NewEvent], ExpectedVersion | int | None]:
    """Read ``{"events": [...], "expected_version"?}``. Raise InvalidEvent for anything else."""
    if not isinstance(body, dict):
        raise InvalidEvent("the body must be an object")
    _known_only(body, {"events", "expected_version"}, None)
    events = body.get("events")
    if not isinstance(events, list):
        raise InvalidEvent("must be a list", path="events")
    return [_event(index, item) for index, item in enumerate(events)], _expected(body.get("expected_version"))


def _expected(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in _EXPECTED:
        return _EXPECTED[value.lower()]
    return value


def _event(index: int, item: Any) -> NewEvent:
    if not isinstance(item, dict):
        raise InvalidEvent("must be an object", index=index)
    _known_only(item, _EVENT_FIELDS, index)
    for field in ("event_type", "payload"):
        if field not in item:
            raise InvalidEvent("is missing", path=field, index=index)
    return NewEvent(
        item["event_type"],
        item["payload"],
        metadata=item.get("metadata"),
        event_id=_read(UUID, "a UUID", "event_id", item, index),
        occurred_at=_read(_time, "a time in ISO 8601 with at most six decimals", "occurred_at", item, index),
    )


def _time(text: str) -> datetime:
    # fromisoformat() would cut a seventh decimal without a word.
    if _TOO_FINE.search(text):
        raise ValueError
    return datetime.fromisoformat(text)


def _read(convert: Any, kind: str, field: str, item: dict[str, Any], index: int) -> Any:
    value = item.get(field)
    if value is None:
        return None
    try:
        return convert(value) if isinstance(value, str) else convert(None)
    except (TypeError, ValueError, AttributeError):
        raise InvalidEvent(f"must be {kind}", path=field, index=index) from None


def _known_only(body: dict[str, Any], known: set[str], index: int | None) -> None:
    for field in body:
        if field not in known:
            raise InvalidEvent(f"unknown field; known are {', '.join(sorted(known))}", path=str(field), index=index)
