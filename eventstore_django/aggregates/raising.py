"""An event that was raised and is not stored yet, as it will look when it is replayed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..encoding import JSONObject
from ..events import NewEvent, RecordedEvent
from ..plans import checked_payload


class RaisedEvent:
    """An ``AppliedEvent`` made of a NewEvent. Raise InvalidEvent for one that can't be stored."""

    __slots__ = ("_event",)

    def __init__(self, event: NewEvent, event_version: int) -> None:
        # A RecordedEvent is upcast and typed in the same way; what it is not yet stays hidden in here.
        self._event = RecordedEvent(
            0,
            event.event_id,
            "",
            event_version,
            event.event_type,
            checked_payload(event),
            {},
            "",
            "",
            "",
            None,
            event.occurred_at,
            event.occurred_at,
            event.schema_version,
        )

    @property
    def event_type(self) -> str:
        """What happened."""
        return self._event.event_type

    @property
    def payload(self) -> JSONObject:
        """The details, as a reader will see them."""
        return self._event.payload

    @property
    def typed(self) -> Any:
        """The instance of the registered class, as a reader will see it."""
        return self._event.typed

    @property
    def event_version(self) -> int:
        """The place in the stream that it will have if nobody else is quicker."""
        return self._event.event_version

    @property
    def occurred_at(self) -> datetime:
        """When it happened."""
        return self._event.occurred_at
