from __future__ import annotations

import pytest

from eventstore_django import ConcurrencyError
from eventstore_django.repositories.retrying import Retrying


class _Losing:
    """Loses a number of times before it wins."""

    def __init__(self, losses: int) -> None:
        self.calls = 0
        self._losses = losses

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self._losses:
            raise ConcurrencyError("A-1", 1, 2)
        return "won"


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.mark.django_db
@pytest.mark.parametrize("losses", [0, 1, 3])
def test_it_is_tried_until_it_is_won(losses: int, pauses: list[float]) -> None:
    attempt = _Losing(losses)
    assert Retrying("default", 3, pauses.append).run(attempt) == "won"
    assert (attempt.calls, len(pauses)) == (losses + 1, losses)


@pytest.mark.django_db
@pytest.mark.parametrize("retries", [0, 2])
def test_it_is_given_up_in_the_end(retries: int, pauses: list[float]) -> None:
    attempt = _Losing(99)
    with pytest.raises(ConcurrencyError):
        Retrying("default", retries, pauses.append).run(attempt)
    assert (attempt.calls, len(pauses)) == (retries + 1, retries)


@pytest.mark.django_db
def test_another_error_is_not_tried_again(pauses: list[float]) -> None:
    def attempt() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Retrying("default", 3, pauses.append).run(attempt)
    assert pauses == []


@pytest.mark.django_db
def test_a_transaction_that_would_see_the_same_again_is_told_at_once(pauses: list[float]) -> None:
    calls: list[int] = []

    def attempt() -> None:
        calls.append(1)
        raise ConcurrencyError("A-1", 1, None)

    with pytest.raises(ConcurrencyError):
        Retrying("default", 3, pauses.append).run(attempt)
    assert (calls, pauses) == ([1], [])


@pytest.mark.django_db(transaction=True)
def test_a_lost_race_outside_of_a_transaction_is_tried_again(pauses: list[float]) -> None:
    with pytest.raises(ConcurrencyError):
        Retrying("default", 3, pauses.append).run(_lost_race)
    assert len(pauses) == 3


def _lost_race() -> None:
    raise ConcurrencyError("A-1", 1, None)


def test_pauses_grow_and_stay_short(pauses: list[float]) -> None:
    retrying = Retrying("default", 0, pauses.append)
    for number in range(50):
        for _ in range(20):
            retrying.pause(number)
    assert min(pauses) >= 0
    assert max(pauses[:20]) <= 0.002
    assert 0.01 < max(pauses) <= 0.1
