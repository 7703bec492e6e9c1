"""How far the log is settled: one look for all who wait in this process."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable
from functools import cache
from time import monotonic, sleep

from django.db import connections

from ... import conf
from ...backends import backend_for
from ...backends.listening import Listener
from ...subscriptions.tempo import Tempo

logger = logging.getLogger("eventstore_django.live")

IDLE_SECONDS = 5.0
"""So long it is looked on after the last one has left: long polls come again at once."""
_RECONNECT_SECONDS = 1.0


class Head:
    """The watermark, and a bell for each who waits for it to move.

    While somebody waits a thread with one connection looks, woken by LISTEN where that works. The
    position is the watermark at some moment: who reads up to it does so in a later statement, as the
    order promise needs (docs/positions.md).
    """

    def __init__(self, alias: str, idle_seconds: float = IDLE_SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self._alias = alias
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._bells: set[Callable[[], None]] = set()
        self._is_followed = False
        self._left_at = 0.0
        self.position = 0

    def join(self, bell: Callable[[], None]) -> None:
        """Call ``bell`` in another thread each time when the head has moved, until it leaves."""
        with self._lock:
            self._bells.add(bell)
            if not self._is_followed:
                self._is_followed = True
                process_end()
                threading.Thread(target=self._run, name="eventstore-live-head", daemon=True).start()

    def leave(self, bell: Callable[[], None]) -> None:
        """Forget a bell; nothing if it is forgotten already."""
        with self._lock:
            self._bells.discard(bell)
            self._left_at = self._clock()

    def note(self, position: int) -> int:
        """Take over what was found; return how far it has moved, having rung the bells if it has."""
        moved = position - self.position
        # Also when it went back, after a failover that lost events: nobody may read up to what is no more.
        self.position = position
        if moved:
            with self._lock:
                bells = tuple(self._bells)
            for bell in bells:
                bell()
        return max(0, moved)

    # In the thread

    def _run(self) -> None:
        is_lost = False
        while not self._is_at_end():
            try:
                self._follow()
                is_lost = False
            except Exception:  # whatever it is, those who wait are better served by the next look
                if not is_lost and not process_end().is_set():
                    logger.warning("Live feeds lost their database; trying again.", exc_info=True)
                is_lost = True
                sleep(_RECONNECT_SECONDS)
            finally:
                connections[self._alias].close()

    def _is_at_end(self) -> bool:
        with self._lock:
            if self._is_wanted():
                return False
            self._is_followed = False
            return True

    def _is_wanted(self) -> bool:
        return bool(self._bells) or self._clock() < self._left_at + self._idle_seconds

    def _follow(self) -> None:
        backend = backend_for(self._alias)
        listener = backend.listener()
        tempo = Tempo(conf.poll_interval())
        heard = False
        while self._is_wanted():
            with backend.translated():
                watermark = backend.watermark()
            heard = _wait(listener, tempo.pause(self.note(watermark), heard))


@cache
def process_end() -> threading.Event:
    """Return what is set when this process ends: an embedded server ends with it, which is no outage.

    To be asked for first when the connection has been made: what is registered last runs first.
    """
    ending = threading.Event()
    atexit.register(ending.set)
    return ending


def _wait(listener: Listener | None, seconds: float) -> bool:
    if listener is None or not listener.is_heard:
        sleep(seconds)
        return False
    return listener.wait(seconds)
