"""Ending a process whose handler hangs: a thread can't be ended, and it may hold locks."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Callable
from time import monotonic
from typing import NoReturn

from .leases import Leases
from .news import changed
from .watching import Call

logger = logging.getLogger("eventstore_django.subscriptions")

EXIT_CODE = 70
"""Exit code of a process that was ended for a handler that hung (``EX_SOFTWARE``)."""

SECONDS_TO_END = 3.0


class Backstop:
    """Ends the process if it is not armed again in time, even if no Python code can run any more.

    A handler that hangs inside of C code may hold the interpreter's lock, so that no thread of the
    process can see it. The timer of ``faulthandler`` needs no lock; it writes where each thread is. There
    is one such timer in a process.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._armed_at = float("-inf")

    def arm(self) -> None:
        """Begin to wait, or begin again, once a second at most: each time costs a thread."""
        now = self._clock()
        if now - self._armed_at >= 1:
            self._armed_at = now
            faulthandler.dump_traceback_later(self._seconds, exit=True)

    def disarm(self) -> None:
        """Wait no longer."""
        faulthandler.cancel_dump_traceback_later()


def leave_process() -> NoReturn:
    """End this process with success, without waiting for its threads."""
    sys.stdout.flush()
    sys.stderr.flush()
    logging.shutdown()
    os._exit(0)


def end_process(leases: Leases, call: Call) -> NoReturn:
    """Let others take over, and end this process at once. What the handler did is rolled back by the database."""
    # The shards' rows may be locked by what hangs.
    threading.Timer(SECONDS_TO_END, os._exit, [EXIT_CODE]).start()
    try:
        logger.critical("%s", call.told())
        leases.abandon()
        changed(leases.alias)
    finally:
        logging.shutdown()
        os._exit(EXIT_CODE)
