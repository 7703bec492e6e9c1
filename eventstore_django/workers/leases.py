"""Who owns which shard: leases by the database's clock, fenced by an epoch.

No clock of a worker's machine is ever asked. A claim raises the shard's epoch, and every commit for the
shard names the epoch that it was begun under (``checkpoints``): a worker that slept past its lease and
wakes up commits nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from ..models import LogHead, SubscriptionShard, Worker
from .identity import WorkerIdentity
from .shards import OwnedShard
from .transactions import bookkeeping


class Leases:
    """The leases of one worker in one database, each ``seconds`` long."""

    def __init__(self, alias: str, worker: WorkerIdentity, seconds: float) -> None:
        self.alias = alias
        self.worker = worker
        self.length = timedelta(seconds=seconds)
        self._subscriptions: list[str] = []

    def join(self, subscriptions: Iterable[str]) -> None:
        """Tell the others that there is one more to share the work with; forget who is long gone."""
        self._subscriptions = list(subscriptions)
        Worker.objects.using(self.alias).filter(lease_until__lt=Now() - 10 * self.length).delete()
        self._be_there()

    def renew(self) -> None:
        """Renew the lease of the worker and of all its shards."""
        until = Now() + self.length
        if not Worker.objects.using(self.alias).filter(pk=self.worker.worker_id).update(lease_until=until):
            self._be_there()
        with bookkeeping(self.alias):
            # A row that an operator holds locked, in a reset that takes long, must not hold up the others.
            rows = self._owned().select_for_update(skip_locked=True).values_list("pk", flat=True)
            self._rows().filter(pk__in=list(rows)).update(lease_until=until)

    def claim(
        self, candidates: Sequence[int], wanted: int, in_flight: Mapping[str, int], shards: Mapping[str, int]
    ) -> list[OwnedShard]:
        """Take over at most ``wanted`` of these rows, the first ones first, as far as nobody owns them.

        ``in_flight`` and ``shards`` are by subscription: the events that will be in hand at a time, and
        how many shards there are.
        """
        with bookkeeping(self.alias):
            # Whoever holds a row locked at this moment is about to commit for it.
            mine = Q(owner=self.worker.worker_id)
            free = self._rows().filter(is_free() | mine, pk__in=candidates).order_by("pk")
            rows = sorted(free.select_for_update(skip_locked=True), key=lambda row: candidates.index(row.pk))[:wanted]
            for row in rows:
                self._rows().filter(pk=row.pk).update(
                    owner=self.worker.worker_id,
                    lease_until=Now() + self.length,
                    epoch=F("epoch") + 1,
                    in_flight=in_flight[row.subscription_id],
                )
        return [OwnedShard.of(row, self.worker.worker_id, row.epoch + 1, shards[row.subscription_id]) for row in rows]

    def give_back(self, shards: Collection[OwnedShard]) -> None:
        """Let others have these shards at once. Nothing of them is in hand any more."""
        self._owned().filter(pk__in=[shard.pk for shard in shards]).update(owner=None, lease_until=None, in_flight=0)

    def drop(self, rows: Collection[int]) -> None:
        """Let others take over rows that this worker owns and does not work on; what is half done stays noted."""
        self._owned().filter(pk__in=rows).update(owner=None, lease_until=None)

    def leave(self) -> None:
        """Give everything back, and be gone."""
        self._owned().update(owner=None, lease_until=None, in_flight=0)
        self._be_gone()

    def abandon(self) -> None:
        """Let others take over at once what may be half done: they will go on with care."""
        self._owned().update(owner=None, lease_until=None)
        self._be_gone()

    def owned(self) -> dict[int, int]:
        """Return the epochs of the rows that this worker owns, by primary key."""
        return dict(self._owned().values_list("pk", "epoch"))

    def _be_there(self) -> None:
        Worker.objects.using(self.alias).create(
            worker_id=self.worker.worker_id,
            name=self.worker.name,
            subscriptions=self._subscriptions,
            started_at=Now(),
            lease_until=Now() + self.length,
        )

    def _be_gone(self) -> None:
        heads = LogHead.objects.using(self.alias).filter(publisher=self.worker.worker_id)
        heads.update(publisher=None, publisher_until=None)
        Worker.objects.using(self.alias).filter(pk=self.worker.worker_id).delete()

    def _rows(self) -> QuerySet[SubscriptionShard]:
        return SubscriptionShard.objects.using(self.alias)

    def _owned(self) -> QuerySet[SubscriptionShard]:
        return self._rows().filter(owner=self.worker.worker_id)


def is_free() -> Q:
    """Return the condition that nobody owns a shard any more, by the database's clock."""
    return Q(owner=None) | Q(lease_until__lt=Now())
