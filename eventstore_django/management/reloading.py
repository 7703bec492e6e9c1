"""Starting anew when code changes, as ``runserver`` does, with the time that a worker needs to end well.

Django's reloader kills the process that works a quarter of a second after Ctrl-C, and at once on SIGTERM.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from time import monotonic
from types import FrameType
from typing import Any, TypeAlias

from django.utils import autoreload

_CODE_CHANGED = 3
"""Exit code by which Django's reloader asks to be started anew."""
_ENDED_AS_ASKED = (0, _CODE_CHANGED, -signal.SIGTERM, -signal.SIGINT)
_SECONDS_TO_STOP = 3.0
_SECONDS_TO_END = 2 * _SECONDS_TO_STOP

_Handler: TypeAlias = Callable[[int, FrameType | None], object]


def run_with_reloader(main: Callable[..., object], *args: Any, **options: Any) -> None:
    """Run ``main`` in a process of its own, in a thread beside the reloader, and anew after each change."""
    if os.environ.get(autoreload.DJANGO_AUTORELOAD_ENV) != "true":
        sys.exit(Supervisor().run())
    # Ctrl-C, like SIGTERM, which Django takes over: once, for the supervisor sends the other one after it.
    signal.signal(signal.SIGINT, _end)
    autoreload.run_with_reloader(main, *args, **options)


def stopped_at_exit(stop: Callable[[], None]) -> Event:
    """Have ``stop`` called when this process is to end, which then waits a moment for the event to be set."""
    done = Event()

    def at_exit() -> None:
        _ignore_signals()
        stop()
        done.wait(_SECONDS_TO_STOP)

    atexit.register(at_exit)
    return done


def _end(number: int, frame: FrameType | None) -> None:
    _ignore_signals()
    sys.exit(0)


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not SIG_IGN: one that has come already would be told as an error.
        signal.signal(number, lambda *_: None)


class Supervisor:
    """Starts the process that works, and passes on to it that it is to stop."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asked_at: float | None = None

    def run(self) -> int:
        """Return the exit code when it has ended for another reason than a change of code."""
        code = _CODE_CHANGED
        with _handled_by(self._asked):
            while code == _CODE_CHANGED and self._asked_at is None:
                code = self._run_once()
        return 0 if self._asked_at is not None and code in _ENDED_AS_ASKED else code

    def _run_once(self) -> int:
        environment = {**os.environ, autoreload.DJANGO_AUTORELOAD_ENV: "true"}
        self._process = subprocess.Popen(autoreload.get_child_arguments(), env=environment, close_fds=False)  # noqa: S603  # this program again
        if self._asked_at is not None:
            # While it was started.
            self._process.terminate()
        return self._process.wait()

    def _asked(self, number: int, frame: FrameType | None) -> None:
        asked_at, self._asked_at = self._asked_at, self._asked_at or monotonic()
        if self._process is None:
            return
        if asked_at is None:
            self._process.terminate()
        elif monotonic() - asked_at > _SECONDS_TO_END:
            # It is stuck where no Python code can run.
            self._process.kill()


@contextmanager
def _handled_by(handler: _Handler) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
