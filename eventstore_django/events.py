"""The two states of an event: ``NewEvent`` is to be written, ``RecordedEvent`` was."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from .encoding import JSONObject
from .identifiers import new_event_id
from .names import plain


@dataclass(frozen=True, slots=True, init=False)
class NewEvent:
    """A fact to append: what happened (``event_type``) and its details (``payload``).

    ``event_id``
        makes the append idempotent: the same id in the same stream is stored once. Keep the object,
        or the id, for a retry. Default: a new time-ordered UUID.
    ``occurred_at``
        when it happened, an aware datetime. Default: now. Never used for ordering.
    ``aggregate_id``, ``aggregate_type``
        default to what the stream's name says.
    ``schema_version``
        version of the event type's shape, from 1 on; stored with the event.

    Values are checked when the event is appended (``InvalidEvent``), before any SQL.
    """

    event_type: str
    payload: JSONObject
    metadata: JSONObject | None
    event_id: UUID
    occurred_at: datetime
    aggregate_id: str | None
    aggregate_type: str | None
    schema_version: int
    timed: bool = field(init=False, repr=False, compare=False)
    """Whether the caller gave the time. One that nobody gave is not content: see ``idempotency``."""

    def __init__(
        self,
        event_type: str,
        payload: JSONObject,
        *,
        metadata: JSONObject | None = None,
        event_id: UUID | None = None,
        occurred_at: datetime | None = None,
        aggregate_id: str | None = None,
        aggregate_type: str | None = None,
        schema_version: int = 1,
    ) -> None:
        put = object.__setattr__  # the one way to fill a frozen dataclass
        put(self, "event_type", _plain(event_type))
        put(self, "payload", payload)
        put(self, "metadata", metadata)
        # Both defaults are fixed here and not at the append: a retry with this object is the same event.
        put(self, "event_id", new_event_id() if event_id is None else event_id)
        put(self, "occurred_at", datetime.now(UTC) if occurred_at is None else occurred_at)
        put(self, "aggregate_id", _plain(aggregate_id))
        put(self, "aggregate_type", _plain(aggregate_type))
        put(self, "schema_version", schema_version)
        put(self, "timed", occurred_at is not None)


def _plain(value: Any) -> Any:
    return plain(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A stored event. Immutable, as is what it stands for."""

    position: int
    """Place in the global order. Ascending, with holes."""
    event_id: UUID
    stream_id: str
    event_version: int
    """Place in its stream: 1, 2, 3 ... without holes."""
    event_type: str
    payload: JSONObject
    metadata: JSONObject
    aggregate_id: str
    aggregate_type: str
    category: str
    partition: str | None
    """The tenant, from a name of the form ``{partition}/{type}/{id}``; else None."""
    occurred_at: datetime
    """When it happened, as the writer said."""
    created_at: datetime
    """When it was stored, by the database's clock."""
    schema_version: int = 1


RECORDED_FIELDS = tuple(field.name for field in fields(RecordedEvent))
"""The names of RecordedEvent's fields, in order; the model's fields have the same names."""
