"""Random examples as a list: found once, then sent to each database in a few statements."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

thorough = settings(
    max_examples=1000,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def collected(strategy: SearchStrategy[T], max_examples: int = 1000) -> list[T]:
    """Return what a test with this strategy would be called with."""
    found: list[T] = []

    @settings(thorough, max_examples=max_examples)
    @given(example=strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found
