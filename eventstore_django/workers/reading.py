"""Reading what a shard has to handle next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import Error

from ..backends import backend_for
from ..events import RECORDED_FIELDS, RecordedEvent
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
    unreadable: dict[int, Exception] = field(default_factory=dict)
    """What stands in the log but can't be decoded, by position: the handler has no say in these."""


def read_batch(alias: str, shard: OwnedShard, subscriber: Subscriber, head: int) -> Batch:
    """Return the next events up to the published head, in one statement.

    Right under every isolation level: the head was committed after all events at or below it, and
    this statement begins after that.
    """
    if shard.read is None:
        events = _wanted(alias, shard, subscriber).order_by("position")
        shard.read = backend_for(alias).reader(events, subscriber.batch_size)
    unreadable: dict[int, Exception] = {}
    try:
        found = list(shard.read(shard.position, head))
    except Error:
        raise
    except Exception:
        # One row that another client wrote must not stop the others: look at them one by one.
        events = _wanted(alias, shard, subscriber).filter(position__gt=shard.position, position__lte=head)
        positions = events.order_by("position").values_list("position", flat=True)[: subscriber.batch_size]
        found = [read_event(alias, position, unreadable) for position in positions]
    until = found[-1].position if len(found) == subscriber.batch_size else head
    if shard.floors is not None:
        found = [event for event in found if not shard.floors.has_handled(event.stream_id, event.position)]
    if shard.passed_over:
        found = [event for event in found if event.position not in shard.passed_over]
    return Batch(found, until, unreadable)


def read_event(alias: str, position: int, unreadable: dict[int, Exception]) -> RecordedEvent:
    """Return one event; if it can't be decoded without its payload, and with the error in ``unreadable``."""
    event = Event.objects.using(alias).filter(position=position)
    try:
        found: RecordedEvent = event.recorded().get()
    except (Error, Event.DoesNotExist):
        raise
    except Exception as error:
        unreadable[position] = error
        plain = event.values(*(name for name in RECORDED_FIELDS if name not in ("payload", "metadata"))).get()
        return RecordedEvent(payload={}, metadata={}, **plain)
    return found


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
