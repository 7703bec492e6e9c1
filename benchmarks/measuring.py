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


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is not a rate: bytes, milliseconds, queries. The ratio is to the one that it is told beside."""

    benchmark: str
    contender: str
    amount: float
    unit: str
    ratio: float

    def line(self) -> str:
        """Return the quantity as a line of JSON."""
        return json.dumps(
            {
                "benchmark": self.benchmark,
                "contender": self.contender,
                "amount": round(self.amount, 3),
                "unit": self.unit,
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
    return figures(benchmark, rates_in_turns(contenders, rounds))


def rates_in_turns(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Return what each contender gave in each round that counts."""
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            rate = contender()
            if number:
                rates[name].append(rate)
    return rates


def figures(benchmark: str, rates: Mapping[str, Sequence[float]]) -> list[Figure]:
    """Return the medians, and the ratios to the first."""
    floor = next(iter(rates.values()))
    return [Figure(benchmark, name, statistics.median(found), _ratio(found, floor)) for name, found in rates.items()]


def _ratio(rates: Sequence[float], floor: Sequence[float]) -> float:
    # Pair by pair: each ratio compares neighbours in time, so that a slow minute hits both.
    return statistics.median(rate / base for rate, base in zip(rates, floor, strict=True))


def table(found: Sequence[Figure | Quantity]) -> str:
    """Return figures and quantities as text."""
    return "\n".join(
        f"{each.benchmark:<34} {each.contender:<32} {_told(each):>16} {each.ratio:>6.2f}" for each in found
    )


def _told(each: Figure | Quantity) -> str:
    if isinstance(each, Figure):
        return f"{each.per_second:,.0f}/s"
    return f"{each.amount:,.{0 if each.amount >= 100 else 2}f} {each.unit}"
