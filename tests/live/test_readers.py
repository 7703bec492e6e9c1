from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from eventstore_django.api.live.readers import Readers

SECONDS = 10.0


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "eventstore-live-reader"]


def _end(readers: Readers) -> None:
    for thread in _threads():
        thread.join(SECONDS)
        assert not thread.is_alive()


@pytest.fixture
def readers() -> Readers:
    return Readers(lambda: 2, idle_seconds=0.05)


def test_work_is_done_and_its_result_comes_back(readers: Readers) -> None:
    assert [readers.submit(lambda n=n: n * n).result(SECONDS) for n in range(5)] == [0, 1, 4, 9, 16]  # type: ignore[misc]  # mypy infers no default
    _end(readers)


def test_an_error_comes_back_and_the_thread_goes_on(readers: Readers) -> None:
    with pytest.raises(ZeroDivisionError):
        readers.submit(lambda: 1 // 0).result(SECONDS)
    assert readers.submit(lambda: 1).result(SECONDS) == 1
    _end(readers)


def test_no_more_threads_than_asked_for_work_at_once(readers: Readers) -> None:
    go, lock = threading.Event(), threading.Lock()
    at_work: list[int] = [0, 0]
    both = threading.Barrier(3)

    def work() -> None:
        with lock:
            at_work[0] += 1
            at_work[1] = max(at_work)
        if not go.is_set():
            both.wait(SECONDS)
            go.wait(SECONDS)
        with lock:
            at_work[0] -= 1

    futures: list[Future[None]] = [readers.submit(work) for _ in range(10)]
    both.wait(SECONDS)
    go.set()
    for future in futures:
        future.result(SECONDS)
    assert at_work == [0, 2]
    _end(readers)


def test_work_that_nobody_wants_any_more_is_left_out() -> None:
    readers = Readers(lambda: 1, idle_seconds=0.05)
    go = threading.Event()
    first = readers.submit(lambda: go.wait(SECONDS))
    done: list[int] = []
    unwanted = readers.submit(lambda: done.append(1))
    assert unwanted.cancel()
    go.set()
    assert first.result(SECONDS)
    readers.submit(lambda: None).result(SECONDS)
    assert done == []
    _end(readers)


def test_threads_end_when_there_is_nothing_to_do_and_come_again(readers: Readers) -> None:
    readers.submit(lambda: None).result(SECONDS)
    _end(readers)
    assert readers.submit(lambda: 5).result(SECONDS) == 5
    _end(readers)
