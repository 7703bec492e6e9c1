"""When to take a snapshot. Strategies are values; ``|`` takes one when any of them would."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime


class SnapshotStrategy(ABC):
    """Decides, after an append, whether the aggregate is worth a snapshot now."""

    __slots__ = ()

    @abstractmethod
    def should_take_snapshot(
        self,
        version: int,
        previous_version: int | None = None,
        *,
        last_snapshot_at: datetime | None = None,
        now: datetime | None = None,
    ) -> bool:
        """Return whether to take one.

        ``version`` is the aggregate's version after the append, ``previous_version`` the one before
        it (None: not known); ``last_snapshot_at`` is when the snapshot was stored that the aggregate
        was loaded from (None: there was none), ``now`` the time of asking, both aware.
        """

    def __or__(self, other: SnapshotStrategy) -> SnapshotStrategy:
        if not isinstance(other, SnapshotStrategy):
            return NotImplemented
        return AnySnapshotStrategy((self, other))


@dataclass(frozen=True, slots=True)
class IntervalSnapshotStrategy(SnapshotStrategy):
    """Every ``interval`` events: when an append reaches or passes a multiple of it (99 to 102 passes 100)."""

    interval: int = 100

    def __post_init__(self) -> None:
        if isinstance(self.interval, bool) or not isinstance(self.interval, int) or self.interval < 1:
            raise ValueError(f"interval must be a whole number from 1 on, not {self.interval!r}.")

    def should_take_snapshot(
        self,
        version: int,
        previous_version: int | None = None,
        *,
        last_snapshot_at: datetime | None = None,
        now: datetime | None = None,
    ) -> bool:
        """Compare how many multiples there were before and are now; without a version before, go by this one."""
        before = version - 1 if previous_version is None else previous_version
        return version // self.interval > before // self.interval


@dataclass(frozen=True, slots=True)
class TimedSnapshotStrategy(SnapshotStrategy):
    """At the first append at least ``seconds`` after the last snapshot; not for one that is new."""

    seconds: float

    def __post_init__(self) -> None:
        if isinstance(self.seconds, bool) or not isinstance(self.seconds, int | float) or not self.seconds > 0:
            raise ValueError(f"seconds must be a number above 0, not {self.seconds!r}.")

    def should_take_snapshot(
        self,
        version: int,
        previous_version: int | None = None,
        *,
        last_snapshot_at: datetime | None = None,
        now: datetime | None = None,
    ) -> bool:
        """Compare the times; where there is no snapshot yet, it is time for one."""
        if previous_version == 0:
            return False
        if last_snapshot_at is None or now is None:
            return True
        return (now - last_snapshot_at).total_seconds() >= self.seconds


@dataclass(frozen=True, slots=True)
class NeverSnapshotStrategy(SnapshotStrategy):
    """Never; snapshots that are there are still used."""

    def should_take_snapshot(
        self,
        version: int,
        previous_version: int | None = None,
        *,
        last_snapshot_at: datetime | None = None,
        now: datetime | None = None,
    ) -> bool:
        """Say no."""
        return False


@dataclass(frozen=True, slots=True)
class AnySnapshotStrategy(SnapshotStrategy):
    """When any of several would: what ``|`` makes."""

    strategies: tuple[SnapshotStrategy, ...]

    def should_take_snapshot(
        self,
        version: int,
        previous_version: int | None = None,
        *,
        last_snapshot_at: datetime | None = None,
        now: datetime | None = None,
    ) -> bool:
        """Ask each of them."""
        return any(
            strategy.should_take_snapshot(version, previous_version, last_snapshot_at=last_snapshot_at, now=now)
            for strategy in self.strategies
        )
