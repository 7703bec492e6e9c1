from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from eventstore_django.api.live import windows
from eventstore_django.api.live.windows import Windows

from .standins import done


class Log:
    """A selection of all positions up to the head, and a note of what was read."""

    key: Any = ("default", "SELECT", "()")

    def __init__(self) -> None:
        self.reads: list[tuple[int, int]] = []
        self.position = 0
        self.now = 0.0
        self.size = 1
        self.answer: Callable[[Callable[[], Any]], Future[Any]] = lambda work: done(work())

    def between(self, after: int, until: int, limit: int) -> list[Any]:
        self.reads.append((after, until))
        return [SimpleNamespace(position=n) for n in range(after + 1, until + 1)][:limit]

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        return self.answer(work)

    def windows(self) -> Windows:
        render: Any = lambda event: b"x" * self.size  # noqa: E731  # a stand-in
        return Windows(self, self, render, lambda: self.now)  # type: ignore[arg-type]  # stand-ins


@pytest.fixture
def log() -> Log:
    return Log()


def test_a_window_holds_the_events_up_to_the_head(log: Log) -> None:
    log.position = 7
    window = log.windows().ask(log, 5).result()  # type: ignore[arg-type]  # a stand-in
    assert (window.until, window.told) == (7, 7)
    assert window.text == b"id: 6\ndata: x\n\nid: 7\ndata: x\n\n"


def test_a_full_page_goes_no_further_than_its_last_event(log: Log) -> None:
    log.position = 1000
    window = log.windows().ask(log, 0).result()  # type: ignore[arg-type]
    assert (window.until, window.told) == (windows.EVENTS, windows.EVENTS)


def test_a_window_ends_when_it_is_large_and_loses_nothing(log: Log) -> None:
    log.position, log.size = 50, windows.LARGEST // 2
    window = log.windows().ask(log, 0).result()  # type: ignore[arg-type]
    assert (window.until, window.told, window.text.count(b"id: ")) == (2, 2, 2)


def test_a_client_for_whom_there_is_nothing_comes_up_to_the_head(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "between", lambda *args: [])
    log.position = 9
    window = log.windows().ask(log, 5).result()  # type: ignore[arg-type]
    assert (window.until, window.told, window.text) == (9, 5, b"")


def test_the_head_is_taken_before_the_read(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def moves_while_read(after: int, until: int, limit: int) -> list[Any]:
        log.position = 99
        return []

    monkeypatch.setattr(log, "between", moves_while_read)
    log.position = 9
    assert log.windows().ask(log, 5).result().until == 9  # type: ignore[arg-type]


def test_a_selection_that_can_not_match_asks_the_database_for_nothing(log: Log) -> None:
    log.key, log.position = None, 9
    window = log.windows().ask(log, 5).result()  # type: ignore[arg-type]
    assert (window.until, window.text, log.reads) == (9, b"", [])


def test_those_in_step_share_one_read(log: Log) -> None:
    shared, log.position = log.windows(), 7
    texts = [shared.ask(log, 5).result().text for _ in range(200)]  # type: ignore[arg-type]
    assert log.reads == [(5, 7)]
    assert all(text is texts[0] for text in texts)


def test_those_who_come_while_it_is_read_wait_for_the_same_read(log: Log) -> None:
    shared, pending = log.windows(), list[Future[Any]]()

    def later(work: Callable[[], Any]) -> Future[Any]:
        pending.append(Future())
        return pending[-1]

    log.answer = later
    assert shared.ask(log, 5) is shared.ask(log, 5)  # type: ignore[arg-type]
    assert len(pending) == 1


def test_those_at_another_place_or_with_another_selection_do_not(log: Log) -> None:
    shared, other = log.windows(), Log()
    other.key = ("default", "SELECT", "('x',)")
    log.position = 7
    for selection, after in ((log, 5), (log, 6), (other, 5)):
        shared.ask(selection, after).result()  # type: ignore[arg-type]
    assert (log.reads, other.reads) == ([(5, 7), (6, 7)], [(5, 7)])


def test_a_read_that_failed_is_not_shared(log: Log) -> None:
    shared, log.position = log.windows(), 7
    log.answer = lambda work: done(ValueError())
    assert shared.ask(log, 5).exception()  # type: ignore[arg-type]
    log.answer = lambda work: done(work())
    assert shared.ask(log, 5).result().until == 7  # type: ignore[arg-type]


def test_a_window_is_kept_for_a_moment_only(log: Log) -> None:
    shared, log.position = log.windows(), 7
    shared.ask(log, 5)  # type: ignore[arg-type]
    log.now += windows.KEPT_SECONDS
    shared.ask(log, 5)  # type: ignore[arg-type]
    assert len(log.reads) == 2


def test_what_was_read_again_keeps_nothing_older_alive(log: Log) -> None:
    shared, log.position = log.windows(), 7
    log.answer = lambda work: done(ValueError())
    shared.ask(log, 5)  # type: ignore[arg-type]
    log.answer = lambda work: done(work())
    shared.ask(log, 6)  # type: ignore[arg-type]
    log.now = windows.KEPT_SECONDS * 0.9
    shared.ask(log, 5)  # type: ignore[arg-type]
    log.now = windows.KEPT_SECONDS
    shared.ask(log, 6)  # type: ignore[arg-type]
    assert log.reads == [(6, 7), (5, 7), (6, 7)]


def test_no_more_windows_are_kept_than_a_few(log: Log) -> None:
    shared, log.position = log.windows(), 200
    for after in range(100):
        shared.ask(log, after)  # type: ignore[arg-type]
    assert len(shared._kept) == windows.KEPT
