"""Ending a process whose handler hangs: done to processes of their own."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eventstore_django.workers.ending import EXIT_CODE, Backstop

# The main thread hangs in a handler, another one finds it late.
_END = """
import atexit, logging, sys, threading
import django
django.setup()
from eventstore_django.workers import ending
from eventstore_django.workers.watching import Watch

def hang():
    threading.Event().wait(60)

def fail():
    raise RuntimeError("the database is out of reach")

then = {"well": lambda: None, "failing": fail, "hanging": hang}[sys.argv[1]]
# What is to be done at once must not wait for the time that is for what hangs.
ending.SECONDS_TO_END = 0.2 if then is hang else 3600

class Leases:
    def abandon(self):
        print("abandoned", flush=True)
        then()

logging.basicConfig(level=logging.CRITICAL)
atexit.register(print, "cleaned up", flush=True)
times = iter([0.0, 6.0])
watch = Watch(lambda: next(times))

def find_it_late():
    ending.end_process(Leases(), watch.late())

def hang_in_a_handler():
    threading.Thread(target=find_it_late).start()
    hang()

try:
    with watch.over("balances[0]: the handler of the event at 7", 5.0):
        hang_in_a_handler()
finally:
    print("the handler went on", flush=True)
"""

# Code that holds the interpreter's lock: no other thread runs any more.
_HOLD = """
import ctypes, sys
import django
django.setup()
from eventstore_django.workers.ending import Backstop

def hang_in_c_code(seconds):
    ctypes.PyDLL(None).usleep(int(seconds * 1_000_000))

backstop = Backstop(0.2)
backstop.arm()
if sys.argv[1] == "disarmed":
    backstop.disarm()
    hang_in_c_code(0.5)
else:
    hang_in_c_code(60)
print("it went on", flush=True)
"""


def _ended(script: str, how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, how],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )


@pytest.fixture
def armed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was asked of the timer, in place of it: there is one in a process."""
    asked: list[Any] = []
    monkeypatch.setattr(faulthandler, "dump_traceback_later", lambda seconds, exit: asked.append((seconds, exit)))
    monkeypatch.setattr(faulthandler, "cancel_dump_traceback_later", lambda: asked.append("never"))
    return asked


@pytest.mark.parametrize("how", ["well", "failing", "hanging"])
def test_the_process_ends_also_if_its_shards_can_not_be_given_back(how: str) -> None:
    done = _ended(_END, how)
    assert done.returncode == EXIT_CODE, done.stderr
    # Nothing else is said: no "finally" ran, and nothing that waits for the end of the process.
    assert done.stdout == "abandoned\n"
    assert "balances[0]: the handler of the event at 7 took longer than its time limit of 5 s" in done.stderr
    assert "in hang_in_a_handler" in done.stderr


def test_the_exit_code_is_the_one_for_errors_of_the_software() -> None:
    assert EXIT_CODE == os.EX_SOFTWARE


# Where no Python code can run any more


def test_a_process_in_which_no_thread_can_run_ends_as_well() -> None:
    done = _ended(_HOLD, "armed")
    assert done.returncode not in (0, None)
    assert done.stdout == ""
    assert "in hang_in_c_code" in done.stderr


def test_a_process_that_waits_no_longer_goes_on() -> None:
    done = _ended(_HOLD, "disarmed")
    assert (done.returncode, done.stdout) == (0, "it went on\n")


def test_the_wait_begins_anew_once_a_second_at_most(armed: list[Any]) -> None:
    times = iter([100.0, 100.5, 100.99, 101.0, 101.5, 107.0])
    backstop = Backstop(9.0, lambda: next(times))
    counts = []
    for _ in range(6):
        backstop.arm()
        counts.append(len(armed))
    assert counts == [1, 1, 1, 2, 2, 3]
    assert armed == [(9.0, True)] * 3


def test_the_wait_ends(armed: list[Any]) -> None:
    backstop = Backstop(9.0)
    backstop.arm()
    backstop.disarm()
    assert armed == [(9.0, True), "never"]
