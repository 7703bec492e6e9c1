from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import OperationalError

from eventstore_django.api.live import heads
from eventstore_django.api.live.heads import Head

SECONDS = 10.0


class Log:
    """Stands for the backend: gives what it is told to, again and again the last of it."""

    def __init__(self, *found: Any) -> None:
        self.found = list(found)
        self.looks = 0

    def watermark(self) -> int:
        self.looks += 1
        found = self.found.pop(0) if len(self.found) > 1 else self.found[0]
        if isinstance(found, Exception):
            raise found
        return int(found)

    def listener(self) -> None:
        return None

    translated = staticmethod(nullcontext)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Log]:
    settings.EVENTSTORE = {"POLL_INTERVAL": 0.01}
    log = Log(5)
    monkeypatch.setattr(heads, "backend_for", lambda alias: log)
    monkeypatch.setattr(heads, "_RECONNECT_SECONDS", 0.0)
    yield log
    _wait_for_end()


def _wait_for_end() -> None:
    for thread in threading.enumerate():
        if thread.name == "eventstore-live-head":
            thread.join(SECONDS)
            assert not thread.is_alive()


def _until_rung(head: Head) -> None:
    rung = threading.Event()
    head.join(rung.set)
    assert rung.wait(SECONDS)
    head.leave(rung.set)


def test_the_bell_rings_when_the_head_is_found(log: Log) -> None:
    head = Head("default", idle_seconds=0)
    _until_rung(head)
    assert head.position == 5


def test_the_bell_does_not_ring_while_the_head_stands_still() -> None:
    head, rings = Head("default"), list[int]()
    head._bells.add(lambda: rings.append(head.position))
    assert [head.note(position) for position in (5, 5, 8, 8, 3, 3)] == [5, 0, 3, 0, 0, 0]
    assert rings == [5, 8, 3]


def test_one_thread_looks_for_all_and_ends_when_nobody_is_left(log: Log) -> None:
    head = Head("default", idle_seconds=0)
    bells = [threading.Event() for _ in range(50)]
    for bell in bells:
        head.join(bell.set)
    assert [thread.name for thread in threading.enumerate()].count("eventstore-live-head") == 1
    for bell in bells[1:]:
        head.leave(bell.set)
    assert head._is_followed
    head.leave(bells[0].set)
    _wait_for_end()
    log.found = [9]
    _until_rung(head)
    assert head.position == 9


def test_an_outage_is_told_once_and_outlived(log: Log, caplog: pytest.LogCaptureFixture) -> None:
    log.found = [OperationalError("gone")] * 3 + [7]
    head = Head("default", idle_seconds=0)
    with caplog.at_level(logging.WARNING, logger="eventstore_django.live"):
        _until_rung(head)
    assert head.position == 7
    assert len(caplog.records) == 1


def test_the_end_of_the_process_is_no_outage(
    log: Log, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = threading.Event()
    ending.set()
    monkeypatch.setattr(heads, "process_end", lambda: ending)
    log.found = [OperationalError("gone"), 7]
    with caplog.at_level(logging.WARNING, logger="eventstore_django.live"):
        _until_rung(Head("default", idle_seconds=0))
    assert caplog.records == []
