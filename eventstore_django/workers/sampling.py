"""How far behind subscriptions were in the last minutes: noted by the worker that publishes the watermark.

A row of its own holds the samples, so they are the same for everybody who asks, and cost who looks at them
nothing. Only the publisher writes it, and waits for nobody: no operator ever locks it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic, time
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Now

from ..models import LogHead, Subscription

if TYPE_CHECKING:
    from collections.abc import Callable

FEW = 10
"""Positions that a lag may change by without going anywhere."""
SAMPLE_SECONDS = 15
"""Time between two samples."""
KEPT = 40
"""Samples that are kept: ten minutes."""
MOST_LAGS = 1280
"""Lags that are kept of a subscription: one with more than 32 shards has fewer samples."""
RECENT = 9
"""Samples that a trend is read from: two minutes."""


class Trend(StrEnum):
    """Where a subscription is going."""

    UNKNOWN = "unknown"
    """There are no samples of the last minute: no worker is running."""
    CAUGHT_UP = "caught up"
    CATCHING_UP = "catching up"
    STEADY = "steady"
    FALLING_BEHIND = "falling behind"


@dataclass(frozen=True, slots=True)
class Sample:
    """A subscription at a moment."""

    at: float
    """Seconds since 1970."""
    handled: int
    """Events that it had handled in all."""
    lags: Sequence[int]
    """Positions that each shard was behind."""

    @property
    def lag(self) -> int:
        """The lag of the shard that was furthest behind."""
        return max(self.lags, default=0)


@dataclass(frozen=True, slots=True)
class History:
    """The samples of one subscription, the newest last."""

    samples: Sequence[Sample]

    def trend(self, now: float, lag: int | None = None) -> Trend:
        """Return where it is going, at a moment in seconds since 1970, with the lag of that moment if it is known."""
        if len(self.samples) < 2 or now - self.samples[-1].at > 4 * SAMPLE_SECONDS:
            return Trend.UNKNOWN
        before, after = self.samples[-RECENT:][0].lag, self.samples[-1].lag if lag is None else lag
        if after == 0:
            return Trend.CAUGHT_UP
        # So much up or down is what an ordinary batch makes of it.
        if abs(after - before) <= max(FEW, max(before, after) / 10):
            return Trend.STEADY
        return Trend.FALLING_BEHIND if after > before else Trend.CATCHING_UP

    def rate(self, now: float) -> float | None:
        """Return how many events it has handled in a second of the last two minutes; None if nobody knows."""
        if self.trend(now) is Trend.UNKNOWN:
            return None
        first, last = self.samples[-RECENT:][0], self.samples[-1]
        seconds = last.at - first.at
        return (last.handled - first.handled) / seconds if seconds > 0 else None


def histories(alias: str) -> Mapping[str, History]:
    """Return what is noted of each subscription, by its name; one without samples has an empty history."""
    noted = {
        name: History([Sample(at, handled, lags) for at, handled, *lags in samples])
        for name, samples in _stored(alias).items()
    }
    return defaultdict(lambda: History(()), noted)


class Sampler:
    """Notes a sample of each subscription when it is time to. ``clock`` ascends, ``calendar`` tells the time."""

    def __init__(
        self, alias: str, clock: Callable[[], float] = monotonic, calendar: Callable[[], float] = time
    ) -> None:
        self._alias = alias
        self._clock = clock
        self._calendar = calendar
        self._due = float("-inf")

    def sample_if_due(self, head: int) -> None:
        """Note how far each subscription is behind ``head``, unless that was done a moment ago."""
        now = self._clock()
        if now >= self._due:
            self._due = now + SAMPLE_SECONDS
            self._sample(head)

    def _sample(self, head: int) -> None:
        at = round(self._calendar())
        before = _stored(self._alias)
        rows = Subscription.objects.using(self._alias).order_by("pk").prefetch_related("shards")
        after = {row.pk: _with(before.get(row.pk, []), _sample(row, head, at)) for row in rows}
        heads = LogHead.objects.using(self._alias)
        # Statements by themselves: a worker with nothing to do holds no transaction open, not for a moment.
        if not heads.filter(pk=LogHead.SAMPLES).update(samples=after, updated_at=Now()):
            heads.get_or_create(pk=LogHead.SAMPLES, defaults={"samples": after})


def _stored(alias: str) -> dict[str, list[Any]]:
    return LogHead.objects.using(alias).filter(pk=LogHead.SAMPLES).values_list("samples", flat=True).first() or {}


def _sample(row: Subscription, head: int, at: int) -> list[int]:
    shards = sorted((s for s in row.shards.all() if s.version == row.version), key=lambda shard: shard.number)
    return [at, sum(shard.handled for shard in shards), *(max(0, head - shard.position) for shard in shards)]


def _with(samples: list[Any], sample: list[int]) -> list[Any]:
    if not samples:
        return [sample]
    last = samples[-1]
    # Reset, rebuilt, or with other shards than before: what was no longer tells where it goes. So is it with a
    # clock that was set back.
    if len(last) != len(sample) or last[1] > sample[1] or last[0] > sample[0]:
        return [sample]
    shards = max(1, len(sample) - 2)
    return [*samples, sample][-max(RECENT, min(KEPT, MOST_LAGS // shards)) :]
