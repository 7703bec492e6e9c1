"""Events of a stream by their versions, one at a time.

Always as the first one of a range: with an equality PostgreSQL may take the version for one that
many streams have, and read the table until it comes to this stream's.
"""

from __future__ import annotations

from django.db.models import QuerySet

from ..models import Event


def at_version(events: QuerySet[Event], stream_id: str, version: int) -> Event | None:
    """Return the event of a stream that has this version; None if there is none (any more)."""
    rest = events.filter(stream=stream_id, event_version__gte=version)
    found = rest.order_by("event_version").first()
    return found if found is not None and found.event_version == version else None


def earlier(events: QuerySet[Event], event: Event) -> Event | None:
    """Return the event before this one in its stream."""
    rest = events.filter(stream=event.stream_id, event_version__lt=event.event_version)
    return rest.order_by("-event_version").first()


def later(events: QuerySet[Event], event: Event) -> Event | None:
    """Return the event after this one in its stream."""
    rest = events.filter(stream=event.stream_id, event_version__gt=event.event_version)
    return rest.order_by("event_version").first()
