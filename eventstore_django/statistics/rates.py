"""How many events were appended in the last hour and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from ..backends import Backend
from ..backends.moments import positions_at

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Rate:
    """Events of equal spans of time, the oldest span first; the last one ends now.

    Positions are counted: appends that were rolled back count too.
    """

    begins_at: datetime
    span_seconds: float
    counts: Sequence[int]

    @property
    def total(self) -> int:
        """Events of the whole time."""
        return sum(self.counts)

    @property
    def per_second(self) -> float:
        """Events a second, on average."""
        return self.total / (self.span_seconds * len(self.counts))


def rates(backend: Backend, now: datetime) -> tuple[Rate, Rate]:
    """Return the rate of the last hour by minutes, and of the last day by half hours: one statement for both."""
    hour, day = _moments(now, HOUR, MINUTE), _moments(now, DAY, HALF_HOUR)
    found = positions_at(backend, [*hour, *day])
    return _rate(hour, found[: len(hour)]), _rate(day, found[len(hour) :])


def _moments(now: datetime, length: timedelta, span: timedelta) -> list[datetime]:
    return [now - length + number * span for number in range(length // span + 1)]


def _rate(moments: Sequence[datetime], positions: Sequence[int]) -> Rate:
    # Not below 0, whatever the clocks did.
    counts = tuple(max(0, after - before) for before, after in pairwise(positions))
    return Rate(moments[0], (moments[1] - moments[0]).total_seconds(), counts)
