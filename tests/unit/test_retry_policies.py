"""How often and how soon a failed handler is tried again."""

from __future__ import annotations

from typing import Any

import pytest

from eventstore_django import RetryPolicy


def test_the_delays_double_up_to_the_longest() -> None:
    policy = RetryPolicy(attempts=9, first_delay=0.5, longest_delay=5.0)
    assert [policy.delay(attempts) for attempts in range(1, 7)] == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


@pytest.mark.parametrize("attempts", [61, 1_100, 10**9])
def test_no_number_of_attempts_is_too_many_for_a_delay(attempts: int) -> None:
    assert RetryPolicy(attempts=10**9).delay(attempts) == 60.0


def test_without_a_first_delay_it_is_tried_again_at_once() -> None:
    policy = RetryPolicy(first_delay=0.0)
    assert [policy.delay(attempts) for attempts in (1, 2, 100)] == [0.0, 0.0, 0.0]


def test_the_first_attempt_counts() -> None:
    policy = RetryPolicy(attempts=3)
    assert [policy.is_used_up(attempts) for attempts in (1, 2, 3, 4)] == [False, False, True, True]
    assert RetryPolicy(attempts=1).is_used_up(1)


@pytest.mark.parametrize(
    "options",
    [{"attempts": 0}, {"attempts": -1}, {"first_delay": -0.1}, {"longest_delay": 0.4}, {"first_delay": 61.0}],
    ids=repr,
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="RetryPolicy"):
        RetryPolicy(**options)
