"""What an event came from and what came of it, by the ids in the metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..models import Event
from ..querysets import EventQuerySet

MOST = 200
"""Events of one correlation that a page looks at: the first ones."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """The first events of a correlation, in the order of their positions."""

    correlation_id: str
    events: list[Event]
    is_cut: bool
    """Whether there are more."""

    @classmethod
    def of(cls, correlation_id: str, using: str) -> Correlation:
        """Read a correlation."""
        events = Event.objects.using(using).correlated_with(correlation_id).defer("payload")
        found = events.order_by("position")[: MOST + 1]
        first = list(found)
        return cls(correlation_id, first[:MOST], len(first) > MOST)


def noted(event: Event, key: str) -> str | None:
    """Return an id that the metadata of an event holds, as text; None if it holds none."""
    value: Any = event.metadata.get(key) if isinstance(event.metadata, dict) else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def correlation_of(event: Event) -> str:
    """Return the correlation that an event belongs to, or begins: what it causes carries its id."""
    return noted(event, "correlation_id") or str(event.event_id)


def cause_of(event: Event) -> Event | None:
    """Return the event that caused this one, if its metadata names one that is stored."""
    text = noted(event, "causation_id")
    try:
        cause_id = UUID(text) if text else None
    except ValueError:
        return None
    if cause_id is None:
        return None
    causes: EventQuerySet = Event.objects.using(event._state.db).filter(event_id=cause_id).order_by("position")
    # One id may stand in several streams; the cause came before.
    return causes.filter(position__lt=event.position).last() or causes.first()


def effects_of(event: Event, correlation: Correlation) -> list[Event]:
    """Return the events of a correlation that name this one as their cause."""
    mine = str(event.event_id)
    return [other for other in correlation.events if (noted(other, "causation_id") or "").lower() == mine]
