"""Seeing a handler that hangs, by a clock that the test sets."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from eventstore_django.workers.watching import Call, Watch


class _Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def hanging() -> Iterator[threading.Thread]:
    """Give a thread that hangs, until the test is over."""
    ended, begun = threading.Event(), threading.Event()

    def hang_in_a_handler() -> None:
        begun.set()
        ended.wait(60)

    thread = threading.Thread(target=hang_in_a_handler)
    thread.start()
    begun.wait(60)
    yield thread
    ended.set()
    thread.join()


def test_while_nothing_goes_on_nothing_is_late(clock: _Clock) -> None:
    watch = Watch(clock)
    clock.now += 1e9
    assert watch.late() is None


def test_a_call_is_late_when_its_limit_is_past(clock: _Clock) -> None:
    watch = Watch(clock)
    with watch.over("balances[0]", limit=5.0):
        clock.now += 5.0
        assert watch.late() is None
        clock.now += 0.001
        late = watch.late()
    assert late == Call("balances[0]", deadline=1005.0, limit=5.0, thread=threading.get_ident())


def test_a_call_that_has_ended_is_not_late(clock: _Clock) -> None:
    watch = Watch(clock)
    with watch.over("balances[0]", limit=5.0):
        pass
    with pytest.raises(KeyError), watch.over("balances[0]", limit=5.0):
        raise KeyError
    clock.now += 6.0
    assert watch.late() is None


def test_each_call_has_a_limit_of_its_own(clock: _Clock) -> None:
    watch = Watch(clock)
    with watch.over("first", limit=5.0):
        clock.now += 4.0
    with watch.over("second", limit=5.0):
        clock.now += 4.0
        assert watch.late() is None


def test_another_thread_sees_that_a_call_is_late(clock: _Clock) -> None:
    watch = Watch(clock)
    found: list[Call | None] = []
    with watch.over("balances[0]", limit=5.0):
        clock.now += 6.0
        thread = threading.Thread(target=lambda: found.append(watch.late()))
        thread.start()
        thread.join()
    assert [call and call.thread for call in found] == [threading.get_ident()]


def test_a_late_call_tells_what_hangs_and_where(hanging: threading.Thread) -> None:
    told = Call("balances[0]: the handler", 0.0, 2.5, hanging.ident or 0).told()
    assert told.startswith("balances[0]: the handler took longer than its time limit of 2.5 s:\n")
    assert "in hang_in_a_handler" in told


def test_a_late_call_of_a_thread_that_is_gone_tells_what_it_knows() -> None:
    gone = threading.Thread(target=lambda: None)
    gone.start()
    gone.join()
    told = Call("balances[0]", 0.0, 60.0, -1).told()
    assert told == "balances[0] took longer than its time limit of 60 s:\n"
