"""The attempt that is under way, and what is taken back of it."""

from __future__ import annotations

import pytest

from eventstore_django.exceptions import LeaseLost
from eventstore_django.workers.attempts import Attempts
from eventstore_django.workers.stopping import StopNow


class _Uncounting:
    """Takes an attempt back, after the errors that stand in its way."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.times = 0

    def __call__(self) -> None:
        if self._errors:
            raise self._errors.pop(0)
        self.times += 1


@pytest.fixture
def attempts() -> Attempts:
    return Attempts()


def broken_off(attempts: Attempts, uncount: _Uncounting, error: BaseException) -> None:
    with pytest.raises(type(error)), attempts.under_way(uncount):
        raise error


def test_one_that_was_broken_off_is_taken_back_once(attempts: Attempts) -> None:
    uncount = _Uncounting()
    broken_off(attempts, uncount, StopNow())
    attempts.take_back()
    attempts.take_back()
    assert uncount.times == 1


def test_one_that_ended_stays_counted(attempts: Attempts) -> None:
    uncount = _Uncounting()
    with attempts.under_way(uncount):
        pass
    attempts.take_back()
    assert not uncount.times


@pytest.mark.parametrize("error", [ValueError(), LeaseLost(), SystemExit()])
def test_one_that_failed_stays_counted(attempts: Attempts, error: BaseException) -> None:
    uncount = _Uncounting()
    broken_off(attempts, uncount, error)
    attempts.take_back()
    assert not uncount.times


def test_where_there_was_none_nothing_is_taken_back(attempts: Attempts) -> None:
    attempts.take_back()


def test_what_another_worker_owns_now_is_left_alone(attempts: Attempts) -> None:
    broken_off(attempts, _Uncounting(LeaseLost()), StopNow())
    attempts.take_back()


def test_it_can_be_taken_back_again_after_an_error(attempts: Attempts) -> None:
    uncount = _Uncounting(ValueError("gone"))
    broken_off(attempts, uncount, StopNow())
    with pytest.raises(ValueError, match="gone"):
        attempts.take_back()
    attempts.take_back()
    assert uncount.times == 1
