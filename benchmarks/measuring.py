"""Measuring in turns: A B C A B C, since machines are noisy; medians, and ratios to the first."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """The rate of one contender in one benchmark, and its ratio to the floor of the same run."""

    benchmark: str
    contender: str
    per_second: float
    ratio: float

    def line(self) -> str:
        """Return the figure as a line of JSON."""
        return json.dumps(
            {
                "benchmark": self.benchmark,
                "contender": self.contender,
                "per_second": round(self.per_second, 1),
                "ratio": round(self.ratio, 3),
            }
        )


def timed(work: Callable[[], int]) -> float:
    """Return how many pieces a second ``work`` did; it returns how many there were."""
    start = time.perf_counter()
    count = work()
    return count / (time.perf_counter() - start)


def in_turns(benchmark: str, contenders: Mapping[str, Callable[[], float]], rounds: int) -> list[Figure]:
    """Run each contender once a round, in turns; the first is the floor. The first round is a warm-up."""
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            rate = contender()
            if number:
                rates[name].append(rate)
    floor = next(iter(rates.values()))
    return [Figure(benchmark, name, statistics.median(found), _ratio(found, floor)) for name, found in rates.items()]


def _ratio(rates: Sequence[float], floor: Sequence[float]) -> float:
    # Pair by pair: each ratio compares neighbours in time, so that a slow minute hits both.
    return statistics.median(rate / base for rate, base in zip(rates, floor, strict=True))


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as text."""
    rows = [
        f"{figure.benchmark:<34} {figure.contender:<28} {figure.per_second:>10,.0f}/s {figure.ratio:>6.2f}"
        for figure in figures
    ]
    return "\n".join(rows)
