from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eventstore_django import (
    AnySnapshotStrategy,
    IntervalSnapshotStrategy,
    NeverSnapshotStrategy,
    SnapshotStrategy,
    TimedSnapshotStrategy,
)

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "takes"),
    [
        (0, 1, False),
        (0, 99, False),
        (0, 100, True),
        (99, 100, True),
        (99, 102, True),
        (100, 101, False),
        (100, 199, False),
        (150, 450, True),
    ],
)
def test_an_interval_is_passed_or_not(before: int, after: int, takes: bool) -> None:
    assert IntervalSnapshotStrategy(100).should_take_snapshot(after, before) is takes
    assert IntervalSnapshotStrategy().should_take_snapshot(after, before) is takes


@pytest.mark.parametrize(("version", "takes"), [(99, False), (100, True), (101, False), (200, True)])
def test_without_a_version_before_the_interval_goes_by_the_multiple(version: int, takes: bool) -> None:
    assert IntervalSnapshotStrategy(100).should_take_snapshot(version) is takes


@pytest.mark.parametrize("interval", [0, -1, 1.5, True, "100", None])
def test_an_interval_is_a_whole_number_from_1_on(interval: Any) -> None:
    with pytest.raises(ValueError, match="interval"):
        IntervalSnapshotStrategy(interval)


@pytest.mark.parametrize(("seconds", "takes"), [(59.9, False), (60, True), (3600, True)])
def test_a_time_has_passed_or_not(seconds: float, takes: bool) -> None:
    last = NOW - timedelta(seconds=seconds)
    assert TimedSnapshotStrategy(60).should_take_snapshot(9, 8, last_snapshot_at=last, now=NOW) is takes


def test_without_a_snapshot_it_is_time_for_one_but_not_of_a_new_aggregate() -> None:
    strategy = TimedSnapshotStrategy(60)
    assert strategy.should_take_snapshot(9, 8, now=NOW)
    assert not strategy.should_take_snapshot(2, 0, now=NOW)


@pytest.mark.parametrize("seconds", [0, -1, True, "60", None, float("nan")])
def test_a_time_is_a_number_above_0(seconds: Any) -> None:
    with pytest.raises(ValueError, match="seconds"):
        TimedSnapshotStrategy(seconds)


def test_never_is_never() -> None:
    assert not NeverSnapshotStrategy().should_take_snapshot(100, 99)


def test_strategies_are_combined() -> None:
    strategy = IntervalSnapshotStrategy(100) | TimedSnapshotStrategy(60) | NeverSnapshotStrategy()
    recently = NOW - timedelta(seconds=1)
    assert isinstance(strategy, AnySnapshotStrategy)
    assert strategy.should_take_snapshot(100, 99, last_snapshot_at=recently, now=NOW)
    assert strategy.should_take_snapshot(9, 8, last_snapshot_at=NOW - timedelta(hours=1), now=NOW)
    assert not strategy.should_take_snapshot(9, 8, last_snapshot_at=recently, now=NOW)


def test_a_strategy_is_combined_with_strategies_only() -> None:
    with pytest.raises(TypeError):
        IntervalSnapshotStrategy() | 5  # type: ignore[operator]  # what is tested


def test_a_strategy_of_ones_own_is_combined_as_well() -> None:
    class Even(SnapshotStrategy):
        def should_take_snapshot(self, version: int, previous_version: int | None = None, **times: Any) -> bool:
            return version % 2 == 0

    assert (Even() | NeverSnapshotStrategy()).should_take_snapshot(2, 1)
    assert not (NeverSnapshotStrategy() | Even()).should_take_snapshot(3, 2)
