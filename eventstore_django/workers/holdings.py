"""The shards that a worker owns: claimed, given back, and lost."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F
from django.db.models.functions import Now

from ..exceptions import CheckpointMismatch
from ..models import Subscription, SubscriptionShard, Worker
from . import parking
from .leases import Leases, is_free
from .news import changed
from .registration import check_against_log
from .reports import Report
from .shards import OwnedShard
from .sharing import fair_share, hands_for
from .subscribers import Subscriber

Running = Subscription.Status.RUNNING


class Holdings:
    """What one worker owns of the subscriptions that it runs."""

    def __init__(
        self,
        alias: str,
        subscribers: Mapping[str, Subscriber],
        leases: Leases,
        report: Report,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._alias = alias
        self._subscribers = subscribers
        self._leases = leases
        self._report = report
        self._clock = clock
        self._statuses: dict[str, str] = {}
        self._left_free: set[int] = set()
        self._me = leases.worker.worker_id
        self.next_expiry: float | None = None
        """Seconds from the last look until the first lease of another worker runs out, if nobody renews it."""
        self.shards: list[OwnedShard] = []

    def refresh(self, *, reload: bool = True) -> None:
        """Bring what is in memory in line with the tables: lose, give back, claim.

        ``reload``: an operator may have changed what is parked; look at that too.
        """
        rows = self._rows()
        self._tell_statuses(rows)
        self._drop_lost({row.pk: row for row in rows})
        running = [row for row in rows if row.subscription.status == Running]
        hands = self._hands()
        share = fair_share(_counts(running), hands)
        self.shards.sort(key=lambda shard: hands[shard.subscription])
        self._give_back(self.shards[share:])
        claimed = self._claim(sorted(running, key=lambda row: hands[row.subscription_id]), share)
        self.shards += claimed
        self._drop_unused(rows)
        leased = [_seconds_leased(row) for row in running if row.owner != self._me]
        self.next_expiry = min((seconds for seconds in leased if seconds > 0), default=None)
        for shard in self.shards if reload else claimed:
            parking.load(self._alias, shard, self._clock())

    def forget(self, shard: OwnedShard) -> None:
        """Forget a shard that turned out to be somebody else's."""
        self.shards.remove(shard)
        self._report.line(f"{shard}: lost at position {shard.position}")

    def clear(self) -> None:
        """Forget all, without a word: after the connection broke it is not known how far they are."""
        self.shards.clear()

    def have_come_to(self, target: int) -> bool:
        """Whether every shard is there, whoever owns it; those of subscriptions that don't run don't count."""
        rows = [row for row in self._rows() if row.subscription.status == Running]
        return all(row.position >= target for row in rows)

    def _rows(self) -> list[SubscriptionShard]:
        rows = SubscriptionShard.objects.using(self._alias).select_related("subscription")
        rows = rows.filter(subscription__in=list(self._subscribers), version=F("subscription__version"))
        free = ExpressionWrapper(is_free(), output_field=BooleanField())
        return list(rows.annotate(is_free=free, now=Now()).order_by("pk"))

    def _drop_lost(self, rows: Mapping[int, SubscriptionShard]) -> None:
        for shard in list(self.shards):
            row = rows.get(shard.pk)
            if row is None or (row.owner, row.epoch) != (shard.owner, shard.epoch):
                self.forget(shard)
        idle = [shard for shard in self.shards if rows[shard.pk].subscription.status != Running]
        self._give_back(idle)

    def _give_back(self, shards: list[OwnedShard]) -> None:
        if shards:
            self._leases.give_back(shards)
            self.shards = [shard for shard in self.shards if shard not in shards]
            for shard in shards:
                self._report.line(f"{shard}: given back at position {shard.position}")
            changed(self._alias)

    def _claim(self, running: list[SubscriptionShard], share: int) -> list[OwnedShard]:
        held = {shard.pk for shard in self.shards}
        mine = self._me
        free = [row for row in running if row.pk not in held and (row.is_free or row.owner == mine)]  # type: ignore[attr-defined]  # annotated
        # What nobody took since the last look is nobody's part, by some accident of who runs what: take it.
        left = [row for row in free if row.pk in self._left_free]
        self._left_free = {row.pk for row in free if row.owner != mine}
        wanted = max(share - len(self.shards), len(left))
        if wanted <= 0:
            return []
        sound = [row.pk for row in free if self._is_sound(row)]
        in_flight = {name: subscriber.batch_size for name, subscriber in self._subscribers.items()}
        claimed = self._leases.claim(sound, wanted, in_flight, _counts(running))
        self._left_free -= {shard.pk for shard in claimed}
        rows = {row.pk: row for row in running}
        for shard in claimed:
            shard.wait_until = self._clock() + _seconds_left(rows[shard.pk])
            careful = ", going on event by event: its last owner ended without a word" if shard.careful else ""
            self._report.line(f"{shard}: claimed at position {shard.position}{careful}")
        return claimed

    def _drop_unused(self, rows: Iterable[SubscriptionShard]) -> None:
        """Let others have what is this worker's by the table only, since before its connection broke."""
        held = {shard.pk for shard in self.shards}
        mine = self._me
        if unused := [row.pk for row in rows if row.owner == mine and row.pk not in held]:
            self._leases.drop(unused)

    def _is_sound(self, row: SubscriptionShard) -> bool:
        try:
            check_against_log(self._alias, row)
        except CheckpointMismatch as mismatch:
            subscriptions = Subscription.objects.using(self._alias).filter(pk=row.subscription_id)
            subscriptions.update(
                status=Subscription.Status.STOPPED, last_error=str(mismatch), last_error_at=Now(), updated_at=Now()
            )
            self._report.line(f"{row.subscription_id}[{row.number}]: stopped ({mismatch})")
            return False
        return True

    def _hands(self) -> dict[str, int]:
        workers = Worker.objects.using(self._alias).filter(lease_until__gte=Now())
        others = workers.exclude(pk=self._leases.worker.worker_id).values_list("subscriptions", flat=True)
        return hands_for(self._subscribers, [list(self._subscribers), *others])

    def _tell_statuses(self, rows: Iterable[SubscriptionShard]) -> None:
        statuses = {row.subscription_id: row.subscription.status for row in rows}
        for name, status in statuses.items():
            if self._statuses.get(name, Running) != status:
                self._report.line(f"{name}: {status}")
        self._statuses = statuses


def _seconds_left(row: Any) -> float:
    """Return how long an event that is retried where it stands must wait, by the database's clock."""
    return (row.retry_at - row.now).total_seconds() if row.retry_at else 0.0


def _seconds_leased(row: Any) -> float:
    return (row.lease_until - row.now).total_seconds() if row.lease_until else math.inf


def _counts(rows: Iterable[SubscriptionShard]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.subscription_id] = counts.get(row.subscription_id, 0) + 1
    return counts
