"""What two events with one id must have in common to be the same event."""

from __future__ import annotations

from ..context import CONTEXT_KEYS
from ..events import NewEvent, RecordedEvent
from ..names import StreamName
from .records import canonical


def difference(stream: StreamName, given: NewEvent, there: NewEvent | RecordedEvent) -> str | None:
    """Name the part in which an event differs from one of the same stream and id, or None.

    Metadata that the context fills in counts only where ``given`` names it: it tells of the request
    that stored the event, not of the event.
    """
    ignored = CONTEXT_KEYS.difference(given.metadata or {})
    now, then = _parts(given, stream, ignored), _parts(there, stream, ignored)
    return next((part for part in now if now[part] != then[part]), None)


def _parts(event: NewEvent | RecordedEvent, name: StreamName, ignored: frozenset[str]) -> dict[str, object]:
    metadata = {key: value for key, value in (event.metadata or {}).items() if key not in ignored}
    return {
        "event type": event.event_type,
        "schema version": event.schema_version,
        "aggregate type": name.aggregate_type if event.aggregate_type is None else event.aggregate_type,
        "aggregate id": name.aggregate_id if event.aggregate_id is None else event.aggregate_id,
        "time": event.occurred_at,
        "payload": canonical(event.stored_payload if isinstance(event, RecordedEvent) else event.payload),
        "metadata": canonical(metadata),
    }
