"""Being asked to stop, by real signals to the process of the tests."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from eventstore_django.workers.stopping import StopFlag, StopNow, StopSignals

pytestmark = pytest.mark.usefixtures("restored")

ASKING = [signal.SIGTERM, signal.SIGINT]
TAKEN = [*ASKING, signal.SIGALRM]
NEVER = 3600.0
AT_ONCE = 0.001


@pytest.fixture
def restored() -> Iterator[None]:
    """Whatever a test leaves behind must not end the process of all tests."""
    before = {number: signal.getsignal(number) for number in TAKEN}
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def flag() -> StopFlag:
    return StopFlag()


def _send(number: signal.Signals) -> None:
    """Send a signal to this process; what its handler raises is raised here."""
    os.kill(os.getpid(), number)


def _send_in_vain(number: signal.Signals) -> None:
    """Send a signal that is to break nothing off."""
    try:
        _send(number)
    except KeyboardInterrupt as error:
        # It would end the run of all tests.
        pytest.fail(f"{error!r} was raised")


def _hang() -> None:
    """Do what only a signal can end."""
    threading.Event().wait(60)
    pytest.fail("nothing broke it off")


def _remaining() -> float:
    return signal.getitimer(signal.ITIMER_REAL)[0]


@pytest.mark.parametrize("number", ASKING)
def test_the_first_signal_sets_the_flag_and_breaks_nothing_off(number: signal.Signals, flag: StopFlag) -> None:
    with StopSignals(flag, NEVER).installed(), flag.working():
        before = flag.is_set
        _send_in_vain(number)
        assert (before, flag.is_set, flag.is_working) == (False, True, True)


def test_the_first_signal_starts_the_clock(flag: StopFlag) -> None:
    with StopSignals(flag, NEVER).installed():
        assert _remaining() == 0
        _send_in_vain(signal.SIGTERM)
        assert 0 < _remaining() <= NEVER


@pytest.mark.parametrize("number", ASKING)
def test_work_that_does_not_end_in_time_is_broken_off(number: signal.Signals, flag: StopFlag) -> None:
    with StopSignals(flag, AT_ONCE).installed(), pytest.raises(StopNow), flag.working():
        _send_in_vain(number)
        _hang()
    assert flag.is_set
    assert not flag.is_working


@pytest.mark.parametrize("first", ASKING)
@pytest.mark.parametrize("second", ASKING)
def test_the_second_signal_breaks_the_work_off_at_once(
    first: signal.Signals, second: signal.Signals, flag: StopFlag
) -> None:
    with StopSignals(flag, NEVER).installed(), pytest.raises(StopNow), flag.working():
        _send_in_vain(first)
        _send(second)
        pytest.fail("it went on")


def test_a_signal_after_the_flag_was_set_by_other_means_breaks_the_work_off(flag: StopFlag) -> None:
    with StopSignals(flag, NEVER).installed(), pytest.raises(StopNow), flag.working():
        flag.set()
        _send(signal.SIGTERM)
        pytest.fail("it went on")


@pytest.mark.parametrize("numbers", [ASKING, [signal.SIGTERM] * 3, [signal.SIGTERM, signal.SIGALRM]])
def test_where_nothing_may_be_broken_off_nothing_is_raised(numbers: list[signal.Signals], flag: StopFlag) -> None:
    with StopSignals(flag, NEVER).installed():
        for number in numbers:
            _send_in_vain(number)
        with flag.working():
            pass
        _send_in_vain(signal.SIGTERM)
        assert flag.is_set


def test_what_is_done_after_the_work_was_broken_off_is_not_broken_off_again(flag: StopFlag) -> None:
    with StopSignals(flag, NEVER).installed(), flag.working():
        _send_in_vain(signal.SIGTERM)
        with pytest.raises(StopNow):
            _send(signal.SIGTERM)
        # The transaction is rolled back, the shards are given back: now of all times.
        _send_in_vain(signal.SIGTERM)
        _send_in_vain(signal.SIGALRM)
        assert not flag.is_working


def test_what_breaks_off_is_no_exception_that_a_handler_takes_for_one_of_its_own() -> None:
    assert issubclass(StopNow, KeyboardInterrupt)
    assert not issubclass(StopNow, Exception)


def test_afterwards_the_signals_are_as_before(flag: StopFlag) -> None:
    def mine(number: int, frame: object) -> None:
        """Stand for what the application had installed."""

    signal.signal(signal.SIGTERM, mine)
    before = [signal.getsignal(number) for number in TAKEN]
    with StopSignals(flag, NEVER).installed():
        assert all(signal.getsignal(number) not in before for number in TAKEN)
        _send_in_vain(signal.SIGTERM)
    assert [signal.getsignal(number) for number in TAKEN] == before
    assert _remaining() == 0


def test_after_an_error_the_signals_are_as_before_as_well(flag: StopFlag) -> None:
    before = [signal.getsignal(number) for number in TAKEN]
    with pytest.raises(KeyError), StopSignals(flag, NEVER).installed():
        _send_in_vain(signal.SIGTERM)
        raise KeyError
    assert [signal.getsignal(number) for number in TAKEN] == before
    assert _remaining() == 0


def test_work_ends_with_an_error_too(flag: StopFlag) -> None:
    with pytest.raises(KeyError), flag.working():
        assert flag.is_working
        raise KeyError
    assert not flag.is_working
