"""How today's code reads a stored event: upcast, and as which class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..events import RecordedEvent
from ..exceptions import UnknownEventType
from ..models import Event
from .differences import Difference, differences
from .jsontrees import Shown


@dataclass(frozen=True, slots=True)
class Reading:
    """What readers get of an event, where it is not what is stored."""

    kind: str = ""
    """The registered class that it is read as."""
    fault: str = ""
    """Why it can't be read."""
    payload: Shown | None = None
    """The payload that the upcasters made, None if they changed nothing."""
    changes: Sequence[Difference] = ()

    @classmethod
    def of(cls, event: Event) -> Reading:
        """Read an event as the store's readers do."""
        recorded = event.recorded()
        try:
            payload, kind = recorded.payload, _kind(recorded)
        except Exception as error:
            # Upcasters and classes are the project's own code: whatever they raise is told to who looks.
            return cls(fault=f"{type(error).__name__}: {error}")
        changes = differences(event.payload, payload) if recorded.is_upcast else []
        return cls(kind, "", Shown.of(payload) if changes else None, changes)


def _kind(recorded: RecordedEvent) -> str:
    try:
        kind = type(recorded.typed)
    except UnknownEventType:
        return ""
    return f"{kind.__module__}.{kind.__qualname__}"
