"""The process that starts the one that works, and tells it to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.utils import autoreload

from eventstore_django.management import reloading
from eventstore_django.management.reloading import Supervisor

DEADLINE = 60.0

Program = Callable[[str], None]


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    """Let this be the program that is started."""

    def program(code: str) -> None:
        monkeypatch.setattr(autoreload, "get_child_arguments", lambda: [sys.executable, "-c", code])

    return program


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A file that the program makes when signals may come."""
    return tmp_path / "ready"


def test_the_exit_code_is_passed_on(program: Program) -> None:
    program("raise SystemExit(7)")
    assert Supervisor().run() == 7


def test_it_is_started_anew_when_code_has_changed(program: Program, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    program(f"f = open({str(starts)!r}, 'a+'); f.write('x'); f.seek(0); raise SystemExit(3 if f.read() == 'x' else 0)")
    assert Supervisor().run() == 0
    assert starts.read_text() == "xx"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_told_to_stop_and_waited_for(program: Program, ready: Path, number: signal.Signals) -> None:
    ended = ready.with_name("ended")
    at_signal = f"lambda *_: (time.sleep(0.5), open({str(ended)!r}, 'w').close(), sys.exit(0))"
    program(_waiting(at_signal, ready))
    _send(number, ready)
    assert Supervisor().run() == 0
    assert ended.exists()


def test_one_that_does_not_know_signals_yet_is_ended(program: Program, ready: Path) -> None:
    program(_waiting("signal.SIG_DFL", ready))
    _send(signal.SIGTERM, ready)
    assert Supervisor().run() == 0


def test_one_that_ends_badly_is_told_of(program: Program, ready: Path) -> None:
    program(_waiting("lambda *_: sys.exit(5)", ready))
    _send(signal.SIGTERM, ready)
    assert Supervisor().run() == 5


def test_one_that_is_stuck_is_killed_when_told_again(
    program: Program, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloading, "_SECONDS_TO_END", 0.2)
    program(_waiting("signal.SIG_IGN", ready))
    _send(signal.SIGTERM, ready, times=2)
    assert Supervisor().run() == -signal.SIGKILL


def test_one_that_was_told_to_stop_starts_nothing(program: Program) -> None:
    program("raise SystemExit(7)")
    supervisor = Supervisor()
    supervisor._asked(signal.SIGTERM, None)
    assert supervisor.run() == 0


def test_the_signals_of_the_process_are_restored(program: Program) -> None:
    program("")
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    Supervisor().run()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def _waiting(at_signal: str, ready: Path) -> str:
    return (
        f"import signal, sys, time; signal.signal(signal.SIGTERM, {at_signal}); "
        f"open({str(ready)!r}, 'w').close(); time.sleep({DEADLINE})"
    )


def _send(number: signal.Signals, ready: Path, times: int = 1) -> None:
    """Send a signal to this process when the program is ready; and again after a moment."""

    def send() -> None:
        end = monotonic() + DEADLINE
        while not ready.exists() and monotonic() < end:
            sleep(0.01)
        for _ in range(times):
            os.kill(os.getpid(), number)
            sleep(0.5)

    threading.Thread(target=send, daemon=True).start()
