"""Being asked to stop: a flag for the loop, and the signals that raise it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopNow(KeyboardInterrupt):
    """Raised in the middle of a handler that did not end in time: its transaction is rolled back.

    A KeyboardInterrupt, since drivers cancel the statement at hand for that; and no Exception, so that
    no handler takes it for one of its own.
    """


class StopFlag:
    """Whether to stop. Set from anywhere; the event at hand is finished first.

    A plain value and no ``threading.Event``: a signal handler that sets one can wait for itself for ever.
    """

    def __init__(self) -> None:
        self.is_set = False
        self.is_working = False
        """Whether there is work that may be broken off."""

    def set(self) -> None:
        """Ask to stop."""
        self.is_set = True

    @contextmanager
    def working(self) -> Iterator[None]:
        """Mark the block as work that may be broken off; nothing is raised into what follows it."""
        self.is_working = True
        try:
            yield
        finally:
            self.is_working = False


class StopSignals:
    """SIGTERM and SIGINT: the first sets the flag; ``patience`` seconds later the work is broken off.

    The second breaks it off at once. For the main thread only, as signals are. SIGALRM is the clock.
    """

    def __init__(self, flag: StopFlag, patience: float = 2.0) -> None:
        self._flag = flag
        self._patience = patience

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Take over the signals inside the block."""
        mine = {signal.SIGTERM: self._asked, signal.SIGINT: self._asked, signal.SIGALRM: self._late}
        before = {number: signal.signal(number, handler) for number, handler in mine.items()}
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        if self._flag.is_set:
            self._late(number, frame)
        self._flag.set()
        signal.setitimer(signal.ITIMER_REAL, self._patience)

    def _late(self, number: int, frame: FrameType | None) -> None:
        if self._flag.is_working:
            self._flag.is_working = False
            raise StopNow
