"""The moment in which a rebuilt version takes over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import F, Min, QuerySet
from django.db.models.functions import Now

from ..events import RecordedEvent
from ..models import Event, ParkedEvent, Subscription, SubscriptionShard
from ..subscriptions.sharding import Floors, shard_of
from . import operations, parking
from .handling import limited_transaction
from .news import changed
from .shards import OwnedShard
from .subscribers import Subscriber

if TYPE_CHECKING:
    from ..querysets import EventQuerySet

MOST_LEFT = 1000
"""Events that the switch may leave to be replayed after it, in the order of their streams."""


class Switch:
    """Puts a new version in the place of the one in use, in one transaction."""

    def __init__(self, alias: str, subscriber: Subscriber) -> None:
        self._alias = alias
        self._subscriber = subscriber
        self._name = subscriber.name

    def happens(self, shards: Sequence[OwnedShard]) -> bool:
        """Switch if the new version is near enough; return whether it was.

        What the version in use has handled meanwhile is noted as waiting, to be replayed before
        anything else of its stream; what it has not is left to be handled live.
        """
        version = shards[0].version
        with limited_transaction(self._alias, self._subscriber):
            operations.locked(self._alias, self._name)
            # Neither version commits anything from here on: each commit updates its shard's row.
            in_use = self._locked(version - 1)
            mine = self._locked(version)
            if [row.epoch for row in mine] != [shard.epoch for shard in shards] or not in_use:
                return False
            floors = Floors(tuple(row.position for row in in_use))
            rest = self._rest(shards, floors)
            if rest is None or any(row.floors for row in in_use):
                return False
            for shard in shards:
                parking.hold_back(self._alias, shard, [event for event in rest if shard.owns(event)])
            self._carry_over(version, len(shards))
            self._subscriber.handler.switch(version)
            self._replace(version, floors)
        return True

    def _locked(self, version: int) -> list[SubscriptionShard]:
        rows = SubscriptionShard.objects.using(self._alias).filter(subscription=self._name, version=version)
        return list(rows.select_for_update().order_by("number"))

    def _rest(self, shards: Sequence[OwnedShard], floors: Floors) -> list[RecordedEvent] | None:
        """Return what the version in use has handled and the new one has not; None if that is too much."""
        lowest = min(shard.position for shard in shards)
        between = self._events().filter(position__gt=lowest, position__lte=max(floors.positions))
        between = between.order_by("position")[: MOST_LEFT + 1]
        events = list(between.recorded())
        if len(events) > MOST_LEFT:
            return None
        handled = [event for event in events if floors.has_handled(event.stream_id, event.position)]
        return [event for event in handled if not _has_considered(shards, event)]

    def _events(self) -> EventQuerySet:
        events: EventQuerySet = Event.objects.using(self._alias)
        return events.filter(**self._subscriber.declaration.events.conditions())

    def _carry_over(self, version: int, shards: int) -> None:
        """What the version in use keeps aside stays so, with its errors and attempts, and is no replay."""
        in_use = self._kept_aside(version - 1)
        self._kept_aside(version).filter(position__in=in_use.values("position")).delete()
        for pk, stream_id, shard in list(in_use.values_list("pk", "stream_id", "shard")):
            if shard_of(stream_id, shards) != shard:
                in_use.filter(pk=pk).update(shard=shard_of(stream_id, shards))
        in_use.update(version=version)

    def _kept_aside(self, version: int) -> QuerySet[ParkedEvent]:
        return ParkedEvent.objects.using(self._alias).filter(subscription=self._name, version=version)

    def _replace(self, version: int, floors: Floors) -> None:
        rows = SubscriptionShard.objects.using(self._alias).filter(subscription=self._name)
        rows.filter(version=version - 1).delete()
        new = rows.filter(version=version)
        lowest = new.aggregate(lowest=Min("position"))["lowest"]
        new.update(
            floors=None if floors.is_past(lowest) else list(floors.positions),
            owner=None,
            lease_until=None,
            in_flight=0,
            attempts=0,
            epoch=F("epoch") + 1,
            updated_at=Now(),
        )
        Subscription.objects.using(self._alias).filter(pk=self._name).update(version=version, updated_at=Now())
        changed(self._alias)


def _has_considered(shards: Sequence[OwnedShard], event: RecordedEvent) -> bool:
    return any(shard.owns(event) and event.position <= shard.position for shard in shards)
