"""A worker's pulse: publishes the watermark, renews the leases, hears of new events, watches the handler.

In a thread with a connection of its own, so that it goes on while a handler takes its time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Self

from django.db import connections

from .. import conf
from ..backends import backend_for
from ..backends.listening import Listener
from ..subscriptions.tempo import Tempo
from .leases import Leases
from .sampling import Sampler
from .watching import Call, Watch

logger = logging.getLogger("eventstore_django.subscriptions")

PUBLISHER_SECONDS = 5.0
"""Lease of the publisher: so long the head may stand still after its process was killed."""
_RECONNECT_SECONDS = 1.0


class Pulse:
    """What the loop needs to know between its turns: how far the log is settled, and that something changed."""

    def __init__(self, alias: str, leases: Leases, clock: Callable[[], float] = monotonic) -> None:
        self._alias = alias
        self._leases = leases
        self._clock = clock
        self._renew_at = clock()
        self.renewal_seconds = leases.length.total_seconds() / 3
        self._publisher_seconds = min(PUBLISHER_SECONDS, leases.length.total_seconds())
        self.head = 0
        self.revision = -1
        self.is_publisher = False
        self.has_looked = False
        self.changed = threading.Event()
        self._sampler = Sampler(alias, clock)

    def beat(self) -> int:
        """Publish, and renew what is due; return how far the head has moved."""
        self._renew_if_due()
        found = backend_for(self._alias).publish(self._leases.worker.worker_id, self._publisher_seconds)
        self.is_publisher = found.publishing
        moved = max(0, found.position - self.head)
        # Also when it went back, after a failover that lost events: nobody may go by what is no more.
        self._note(found.position, found.revision)
        if found.publishing:
            self._sampler.sample_if_due(found.position)
        return moved

    def look(self) -> int:
        """Find the watermark without publishing it: for a worker that works alone; return how far it moved."""
        self._renew_if_due()
        # Without the publisher's row it may be lower for a moment; what was settled stays so.
        head = max(self.head, backend_for(self._alias).watermark())
        moved = head - self.head
        self._note(head, self.revision)
        return moved

    def forget(self) -> None:
        """Know nothing until the next beat: the database was away, and may have another past now."""
        self.has_looked = False

    def _renew_if_due(self) -> None:
        now = self._clock()
        if now >= self._renew_at:
            self._leases.renew()
            self._renew_at = now + self.renewal_seconds

    def _note(self, head: int, revision: int) -> None:
        is_news = (head, revision, True) != (self.head, self.revision, self.has_looked)
        self.head, self.revision, self.has_looked = head, revision, True
        if is_news:
            self.changed.set()


class PulseThread:
    """Keeps the pulse going inside a ``with`` block. ``hung`` is called once if a handler is past its limit."""

    def __init__(
        self,
        alias: str,
        pulse: Pulse,
        watch: Watch,
        hung: Callable[[Call], None],
        each_beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._each_beat = each_beat
        # Leases are renewed between pauses.
        self._longest_pause = min(conf.poll_interval(), pulse.renewal_seconds / 2, 1.0)
        self._alias = alias
        self._pulse = pulse
        self._watch = watch
        self._hung = hung
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="eventstore-pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        # After the beat at hand.
        self._stopped.set()
        self._thread.join(self._longest_pause + 5)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._beat_until_stopped()
            except Exception:
                logger.warning("The pulse of the worker lost its database; trying again.", exc_info=True)
                self._pulse.forget()
                self._each_beat()
                self._stopped.wait(_RECONNECT_SECONDS)
            finally:
                connections[self._alias].close()

    def _beat_until_stopped(self) -> None:
        backend = backend_for(self._alias)
        backend.read_committed()
        listener = backend.listener()
        if listener is not None and not listener.is_heard:
            logger.warning("LISTEN does not work here (a pooler?): new events are found by looking.")
            listener = None
        tempo = Tempo(self._longest_pause)
        heard = False
        while not self._stopped.is_set():
            moved = self._pulse.beat()
            self._each_beat()
            if late := self._watch.late():
                self._hung(late)
            pause = tempo.pause(moved, heard) if self._pulse.is_publisher else self._longest_pause
            heard = self._wait(listener, pause)

    def _wait(self, listener: Listener | None, seconds: float) -> bool:
        if listener is None:
            self._stopped.wait(seconds)
            return False
        # Hints are for the publisher: the others are told when it has published.
        return listener.wait(seconds, hints=self._pulse.is_publisher)
