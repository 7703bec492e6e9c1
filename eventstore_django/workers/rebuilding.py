"""Building a new version of a subscription's read model beside the one in use, and switching to it.

The new version replays up to where the one in use is, never beyond it: what is above that is handled once,
live, by whichever version is in use then. What the one in use keeps aside stays aside. The switch is one
transaction in which neither version can commit anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.db import connections, transaction
from django.db.models import QuerySet, Sum

from .. import conf
from ..backends import backend_for
from ..exceptions import SubscriptionError
from ..models import ParkedEvent, SubscriptionShard
from ..subscriptions.declarations import Declaration
from . import operations, parking
from .attempts import Attempts
from .ending import end_process
from .failing import Failures
from .handling import Caller, limited_transaction, refuse_manual_commits
from .identity import WorkerIdentity
from .leases import Leases
from .outages import with_new_connection
from .pulse import Pulse, PulseThread
from .registration import create_shards
from .reports import Report
from .shards import OwnedShard
from .stopping import StopFlag, StopNow
from .subscribers import Subscriber
from .switching import Switch
from .turns import Turns
from .watching import Watch


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """How far a rebuild is: positions of all shards together, and where the version in use is."""

    position: int
    target: int
    handled: int


class Rebuild:
    """Rebuilds one subscription. Ended at any moment it can be run again, and goes on.

    ``keep_aside``: events that fail are parked in the new version. Otherwise the first one ends the
    rebuild; it can go on when the handler is mended.
    """

    def __init__(
        self,
        alias: str,
        declaration: Declaration,
        *,
        keep_aside: bool = False,
        stop: StopFlag | None = None,
        report: Report | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        if not declaration.versioned:
            raise SubscriptionError(
                f"Subscription {declaration.name!r} is not declared with versioned=True: a rebuild would write to the "
                "read model in use. Reset it instead, or let its handler write by event_context().version."
            )
        self._alias = alias
        self._subscriber = Subscriber(declaration)
        self._stop = stop or StopFlag()
        self._report = report or Report()
        self._clock = clock
        self._leases = Leases(alias, WorkerIdentity(), conf.lease_seconds())
        self._pulse = Pulse(alias, self._leases, clock)
        self._watch = Watch(clock)
        failures = Failures(alias, self._report, clock, raises=not (keep_aside and self._subscriber.parks))
        self._attempts = Attempts()
        self._turns = Turns(alias, Caller(self._watch), failures, self._attempts, self._stop, clock)

    def run(self, progress: Callable[[RebuildProgress], None] = lambda _: None) -> bool:
        """Replay until caught up, and switch; return whether that was done before the stop flag was set.

        Raise SubscriptionError if a rebuild of it is going on already.
        """
        refuse_manual_commits(self._alias)
        backend_for(self._alias).read_committed()
        self._leases.join([])
        try:
            with PulseThread(self._alias, self._pulse, self._watch, self._hung), self._stop.working():
                return self._replay(self._claim(self._version()), progress)
        except StopNow:
            # Broken off in the middle of a statement: nobody knows what the connection is at.
            connections[self._alias].close()
            return False
        finally:
            with_new_connection(self._alias, self._give_back)

    def _give_back(self) -> None:
        self._attempts.take_back()
        self._leases.leave()

    def discard(self) -> None:
        """Throw away what an earlier run has replayed, to begin anew."""
        with transaction.atomic(using=self._alias):
            row = operations.locked(self._alias, self._subscriber.name)
            self._shards().filter(version__gt=row.version).delete()
            ParkedEvent.objects.using(self._alias).filter(subscription=row, version__gt=row.version).delete()

    def _hung(self, call: object) -> None:
        end_process(self._leases, call)  # type: ignore[arg-type]  # a Call

    def _version(self) -> int:
        """Return the new version; make it if no earlier run did."""
        name = self._subscriber.name
        with limited_transaction(self._alias, self._subscriber):
            # Another rebuild may be about to make it too.
            row = operations.locked(self._alias, name)
            version = row.version
            if not self._shards().filter(version=version + 1).exists():
                self._subscriber.handler.prepare(version + 1)
                position = self._subscriber.declaration.considered
                create_shards(self._alias, row, self._subscriber.declaration.shards, version + 1, position)
                self._report.line(f"{name}: building version {version + 1} from position {position + 1} on")
        return version + 1

    def _claim(self, version: int) -> list[OwnedShard]:
        name = self._subscriber.name
        rows = list(self._shards().filter(version=version).values_list("pk", flat=True))
        sizes = {name: self._subscriber.batch_size}
        shards = self._leases.claim(rows, len(rows), sizes, {name: len(rows)})
        if len(shards) < len(rows):
            self._leases.give_back(shards)
            raise SubscriptionError(f"A rebuild of {name!r} is going on already, or ended less than a lease ago.")
        for shard in shards:
            shard.is_replay = True
            parking.load(self._alias, shard, self._clock())
        return shards

    def _replay(self, shards: list[OwnedShard], progress: Callable[[RebuildProgress], None]) -> bool:
        switch = Switch(self._alias, self._subscriber)
        while not self._stop.is_set:
            bounds = self._bounds(shards)
            worked = [self._take(shard, bound) for shard, bound in zip(shards, bounds, strict=True)]
            position = sum(shard.position for shard in shards)
            progress(RebuildProgress(position, sum(bounds), self._handled(shards[0].version)))
            level = all(shard.position >= bound for shard, bound in zip(shards, bounds, strict=True))
            if level and not self._stop.is_set and switch.happens(shards):
                self._report.line(f"{self._subscriber.name}: version {shards[0].version} is in use")
                return True
            if not any(worked):
                self._pulse.changed.clear()
                self._pulse.changed.wait(conf.poll_interval())
        return False

    def _take(self, shard: OwnedShard, bound: int) -> bool:
        kept = dict(self._kept_aside(shard, bound))
        shard.passed_over = {position for position, status in kept.items() if status == ParkedEvent.Status.DISCARDED}
        shard.left_aside = kept.keys() - shard.passed_over
        # The last step of a shard with nothing to do is not worth to be put off here.
        shard.advanced_at = float("-inf")
        return self._turns.take(shard, self._subscriber, bound)

    def _bounds(self, shards: list[OwnedShard]) -> list[int]:
        """Return how far each new shard may go: what the version in use has not considered is not its own."""
        version = shards[0].version
        rows = self._shards().filter(version__in=[version - 1, version]).order_by("number")
        positions = [row.position for row in rows if row.version == version - 1]
        mine = [row for row in rows if row.owner == self._leases.worker.worker_id]
        if not positions or len(mine) < len(shards):
            raise SubscriptionError(f"Subscription {self._subscriber.name!r} was reset or switched in between.")
        return positions if len(positions) == len(shards) else [min(positions)] * len(shards)

    def _kept_aside(self, shard: OwnedShard, bound: int) -> QuerySet[ParkedEvent, tuple[int, str]]:
        rows = ParkedEvent.objects.using(self._alias).filter(subscription=shard.subscription, version=shard.version - 1)
        return rows.filter(position__gt=shard.position, position__lte=bound).values_list("position", "status")

    def _handled(self, version: int) -> int:
        return self._shards().filter(version=version).aggregate(total=Sum("handled"))["total"] or 0

    def _shards(self) -> QuerySet[SubscriptionShard]:
        return SubscriptionShard.objects.using(self._alias).filter(subscription=self._subscriber.name)
