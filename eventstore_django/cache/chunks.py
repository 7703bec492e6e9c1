"""A closed range of a stream as it stands in the cache: stored forms only, in columns.

With chunks of ``size`` events, chunk k holds the versions k * size + 1 to (k + 1) * size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from ..events import RECORDED_FIELDS, RecordedEvent
from .rows import recorded_events, uuids

FORMAT = 1
"""Goes up with each change of the form below: what another release has kept is then not found."""

Mark = tuple[int, int, str]
"""What tells an event from all others, also from one of the same version in a database that was reset."""

_EVENT_IDS = RECORDED_FIELDS.index("event_id")
# Upcasters may be new when it is read again.
_STORED = ["stored_payload" if name == "payload" else name for name in RECORDED_FIELDS]
_SHORT = 64


@dataclass(frozen=True, slots=True)
class Chunk:
    """All events of a closed range, and what it must fit to.

    ``erased`` is how many lines erasures had left for the stream when it was read; ``before`` is the
    mark of the event before it, None for the first chunk.
    """

    number: int
    erased: int
    before: Mark | None
    events: Sequence[RecordedEvent]

    @classmethod
    def of(cls, number: int, size: int, erased: int, events: Sequence[RecordedEvent]) -> Self | None:
        """Return the chunk, if these events, which may be more, hold all of it and the one before it.

        None also where one of them can't be decoded.
        """
        start = number * size
        held = {event.event_version: event for event in events if start <= event.event_version <= start + size}
        before = held.pop(start, None)
        is_whole = len(held) == size and (before is not None or not number)
        if not is_whole or any(event.undecodable for event in held.values()):
            return None
        return cls(number, erased, mark(before) if before else None, [held[version] for version in sorted(held)])

    @property
    def last(self) -> Mark:
        """The mark of its last event."""
        return mark(self.events[-1])

    def stored(self) -> tuple[Any, ...]:
        """Return it in plain values, for the cache."""
        return (self.erased, self.before, _columns(self.events))

    @classmethod
    def found(cls, value: Any, number: int, size: int) -> Self | None:
        """Return the chunk that a value of the cache is; None if it is something else."""
        try:
            erased, before, columns = value
            columns[_EVENT_IDS] = uuids(columns[_EVENT_IDS])
            chunk = cls(number, erased, before, recorded_events(columns))
        except (TypeError, ValueError, AttributeError, IndexError):
            return None  # damaged, or somebody else's
        start = number * size
        versions = [event.event_version for event in chunk.events]
        return chunk if versions == list(range(start + 1, start + size + 1)) else None


def chunk_of(version: int, size: int) -> int:
    """Return the number of the chunk that holds a version."""
    return (version - 1) // size


def mark(event: RecordedEvent) -> Mark:
    """Return the mark of an event."""
    found = event.undecodable.get("created_at")
    return (event.position, event.event_id.int, found.text if found else event.created_at.isoformat())


def _columns(events: Sequence[RecordedEvent]) -> list[list[Any]]:
    known: dict[Any, Any] = {}
    columns = [[_shared(getattr(event, name), known) for event in events] for name in _STORED]
    columns[_EVENT_IDS] = [event_id.int for event_id in columns[_EVENT_IDS]]
    return columns


def _shared(value: Any, known: dict[Any, Any]) -> Any:
    """Return a value in which keys, short texts and times that came before are the same objects.

    They are stored once, which halves the time to load them. Never objects that can be changed.
    """
    kind = type(value)
    if kind is dict:
        return {_shared(key, known): _shared(item, known) for key, item in value.items()}
    if kind is list:
        return [_shared(item, known) for item in value]
    return known.setdefault(value, value) if kind is datetime or (kind is str and len(value) <= _SHORT) else value
