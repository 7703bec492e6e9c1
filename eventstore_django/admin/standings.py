"""Where the subscriptions stand with one stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from ..models import Event, ParkedEvent, Stream, Subscription, SubscriptionShard
from ..querysets import EventQuerySet
from ..subscriptions.sharding import shard_of

MOST = 100
"""Subscriptions that are told of, and events of the stream that are counted as ahead of one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a subscription is with a stream."""

    name: str
    status: str
    shard: int
    position: int
    ahead: int
    """Events of the stream above its position; from MOST on there may be more."""
    held: int
    """Events of the stream that were not handled in their turn: parked, retried, or waiting behind such a one."""

    @property
    def told(self) -> str:
        """The standing in words."""
        if self.held:
            return f"{self.held} held back"
        if not self.ahead:
            return "up to date"
        return f"{self.ahead} {'or more ' if self.ahead >= MOST else ''}to go"


def standings(stream: Stream) -> list[Standing]:
    """Return how far each subscription is that follows this stream, by name."""
    alias = stream._state.db
    followers = [row for row in Subscription.objects.using(alias).order_by("pk")[:MOST] if _follows(row, stream)]
    shards = _shards(followers, alias)
    held = _held(stream)
    last = _last_position(stream)
    found = []
    for row in followers:
        its_shards = shards.get(row.pk)
        if its_shards:
            shard = its_shards[shard_of(stream.pk, len(its_shards))]
            kept = held.get((row.pk, row.version), 0)
            ahead = _ahead(stream, shard.position) if shard.position < last else 0
            found.append(Standing(row.pk, row.status, shard.number, shard.position, ahead, kept))
    return found


def _follows(row: Subscription, stream: Stream) -> bool:
    wanted = {"categories": stream.category, "partitions": stream.partition}
    settings = row.settings if isinstance(row.settings, dict) else {}
    return all(not settings.get(option) or value in settings[option] for option, value in wanted.items())


def _shards(rows: Sequence[Subscription], alias: str | None) -> dict[str, list[SubscriptionShard]]:
    versions = {row.pk: row.version for row in rows}
    found: dict[str, list[SubscriptionShard]] = {}
    for shard in SubscriptionShard.objects.using(alias).filter(subscription__in=list(versions)).order_by("number"):
        if shard.version == versions[shard.subscription_id]:
            found.setdefault(shard.subscription_id, []).append(shard)
    return found


def _last_position(stream: Stream) -> int:
    events = Event.objects.using(stream._state.db).filter(stream=stream.pk)
    return events.order_by("-event_version").values_list("position", flat=True).first() or 0


def _ahead(stream: Stream, position: int) -> int:
    last: EventQuerySet = Event.objects.using(stream._state.db).filter(
        stream=stream.pk, event_version__gt=stream.version - MOST
    )
    return last.filter(position__gt=position).order_by().count()


def _held(stream: Stream) -> dict[tuple[str, int], int]:
    rows = ParkedEvent.objects.using(stream._state.db).filter(stream_id=stream.pk)
    kept = rows.exclude(status=ParkedEvent.Status.DISCARDED).order_by().values("subscription", "version")
    return {(row["subscription"], row["version"]): row["events"] for row in kept.annotate(events=Count("pk"))}
