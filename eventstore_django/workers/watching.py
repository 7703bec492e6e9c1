"""Seeing a handler that hangs."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a handler that is going on."""

    what: str
    deadline: float
    limit: float
    thread: int

    def told(self) -> str:
        """Return what hangs, and where, as text."""
        frame = sys._current_frames().get(self.thread)
        place = "".join(traceback.format_stack(frame)) if frame else ""
        return f"{self.what} took longer than its time limit of {self.limit:g} s:\n{place}"


class Watch:
    """Knows the call that is going on; another thread asks whether it is late.

    A thread can't be ended from outside, and a hanging handler may hold locks: so whoever finds it late
    ends the process. ``clock`` gives seconds that only ascend.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._call: Call | None = None

    @contextmanager
    def over(self, what: str, limit: float) -> Iterator[None]:
        """Watch over one call."""
        self._call = Call(what, self._clock() + limit, limit, threading.get_ident())
        try:
            yield
        finally:
            self._call = None

    def late(self) -> Call | None:
        """Return the call that is going on if it is past its limit."""
        call = self._call
        return call if call is not None and self._clock() > call.deadline else None
