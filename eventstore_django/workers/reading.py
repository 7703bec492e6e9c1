"""Reading what a shard has to handle next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from ..backends import backend_for
from ..events import RecordedEvent
from ..models import Event
from .shards import OwnedShard
from .subscribers import Subscriber

if TYPE_CHECKING:
    from ..querysets import EventQuerySet


@dataclass(frozen=True, slots=True)
class Batch:
    """The next events of a shard, and how far the log is considered when they are handled."""

    events: list[RecordedEvent]
    until: int


def read_batch(alias: str, shard: OwnedShard, subscriber: Subscriber, head: int) -> Batch:
    """Return the next events up to the published head, in one statement.

    Right under every isolation level: the head was committed after all events at or below it, and
    this statement begins after that.
    """
    if shard.read is None:
        events = _wanted(alias, shard, subscriber).order_by("position")
        shard.read = backend_for(alias).reader(events, subscriber.batch_size)
    found = list(shard.read(shard.position, head))
    until = found[-1].position if len(found) == subscriber.batch_size else head
    if shard.floors is not None:
        found = [event for event in found if not shard.floors.has_handled(event.stream_id, event.position)]
    if shard.passed_over:
        found = [event for event in found if event.position not in shard.passed_over]
    return Batch(found, until)


def read_event(alias: str, position: int) -> RecordedEvent:
    """Return one event. Raise Event.DoesNotExist if there is none."""
    event: RecordedEvent = Event.objects.using(alias).filter(position=position).recorded().get()
    return event


def last_event(alias: str, position: int) -> tuple[int, UUID] | None:
    """Return position and id of the last event up to a position, of whatever kind: by it the log is known again."""
    events = Event.objects.using(alias).filter(position__lte=position).order_by("-position")
    last: tuple[int, UUID] | None = events.values_list("position", "event_id").first()
    return last


def _wanted(alias: str, shard: OwnedShard, subscriber: Subscriber) -> EventQuerySet:
    events: EventQuerySet = Event.objects.using(alias).filter(**subscriber.declaration.events.conditions())
    if shard.shards == 1:
        return events
    return events.filter(backend_for(alias).in_shard(shard.number, shard.shards))
