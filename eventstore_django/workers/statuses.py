"""How subscriptions are doing: for the commands, the admin and the API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from ..backends import backend_for
from ..backends.columns import as_text
from ..models import Event, ParkedEvent, Subscription, SubscriptionShard, Worker


@dataclass(frozen=True, slots=True)
class ShardStatus:
    """How far one shard is."""

    number: int
    position: int
    lag: int
    """Positions that the settled log is ahead of it: at most so many events are still to be considered."""
    lag_seconds: float
    """Age of the oldest event that is still to be considered; 0 if there is none."""
    owner: str | None
    """Host and process id of the worker, None if nobody works on it."""
    handled: int


@dataclass(frozen=True, slots=True)
class SubscriptionStatus:
    """How one subscription is doing."""

    name: str
    status: str
    version: int
    shards: Sequence[ShardStatus]
    parked: int
    """Events that wait for an operator."""
    held: int
    """Events that are being retried, or wait behind one that is or that is parked."""
    last_error: str
    last_error_at: datetime | None

    @property
    def position(self) -> int:
        """Up to here every shard has considered the log."""
        return min((shard.position for shard in self.shards), default=0)

    @property
    def lag(self) -> int:
        """The lag of the shard that is furthest behind."""
        return max((shard.lag for shard in self.shards), default=0)

    @property
    def lag_seconds(self) -> float:
        """The lag in seconds of the shard that is furthest behind."""
        return max((shard.lag_seconds for shard in self.shards), default=0.0)


def statuses(alias: str, names: Iterable[str] | None = None) -> list[SubscriptionStatus]:
    """Return how the subscriptions of these names are doing, or all of them, by name."""
    look = _Look(alias)
    rows = Subscription.objects.using(alias).order_by("pk").prefetch_related("shards")
    if names is not None:
        rows = rows.filter(pk__in=list(names))
    return [look.at(row) for row in rows]


class _Look:
    """One look at all of them: what they have in common is asked for once."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        backend = backend_for(alias)
        self._head = backend.watermark()
        self._now = backend.now()
        self._ages: dict[int, float] = {}
        self._workers = dict(Worker.objects.using(alias).values_list("worker_id", "name"))
        parked = ParkedEvent.objects.using(alias).values("subscription", "version")
        counts = parked.annotate(
            parked=Count("pk", filter=Q(status=ParkedEvent.Status.PARKED)),
            held=Count("pk", filter=Q(status__in=[ParkedEvent.Status.RETRYING, ParkedEvent.Status.WAITING])),
        )
        self._kept_aside = {(c["subscription"], c["version"]): (c["parked"], c["held"]) for c in counts}

    def at(self, row: Subscription) -> SubscriptionStatus:
        shards = [shard for shard in row.shards.all() if shard.version == row.version]
        parked, held = self._kept_aside.get((row.pk, row.version), (0, 0))
        return SubscriptionStatus(
            name=row.pk,
            status=row.status,
            version=row.version,
            shards=[self._shard(shard) for shard in sorted(shards, key=lambda shard: shard.number)],
            parked=parked,
            held=held,
            last_error=row.last_error,
            last_error_at=row.last_error_at,
        )

    def _shard(self, shard: SubscriptionShard) -> ShardStatus:
        return ShardStatus(
            number=shard.number,
            position=shard.position,
            lag=max(0, self._head - shard.position),
            lag_seconds=self._age(shard.position),
            owner=self._owner(shard),
            handled=shard.handled,
        )

    def _age(self, position: int) -> float:
        # Most shards stand at the same few positions.
        if position >= self._head:
            return 0.0
        if position not in self._ages:
            self._ages[position] = self._lag_seconds(position)
        return self._ages[position]

    def _lag_seconds(self, position: int) -> float:
        later = Event.objects.using(self._alias).filter(position__gt=position, position__lte=self._head)
        oldest = later.order_by("position").values_list(as_text("created_at"), flat=True).first()
        moment = backend_for(self._alias).moment(oldest)
        return max(0.0, (self._now - moment).total_seconds()) if isinstance(moment, datetime) else 0.0

    def _owner(self, shard: SubscriptionShard) -> str | None:
        alive = shard.owner is not None and shard.lease_until is not None and shard.lease_until > self._now
        return self._workers.get(shard.owner, str(shard.owner)) if alive and shard.owner else None
