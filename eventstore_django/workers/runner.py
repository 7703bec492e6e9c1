"""The loop of a worker: claim a fair share of the shards, take turns, wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from time import monotonic

from django.db import Error, InterfaceError, OperationalError, connections

from .. import conf
from ..backends import backend_for
from ..exceptions import ConnectionLost, LeaseLost
from ..subscriptions.declarations import Declaration
from .attempts import Attempts
from .ending import end_process
from .failing import Failures
from .handling import Caller, refuse_manual_commits
from .holdings import Holdings
from .identity import WorkerIdentity
from .leases import Leases
from .news import changed
from .outages import with_new_connection
from .pulse import Pulse, PulseThread
from .registration import register
from .reports import Report
from .retries import Retries
from .shards import OwnedShard
from .stopping import StopFlag, StopNow
from .subscribers import Subscriber
from .turns import Turns
from .watching import Call, Watch

MAX_OUTAGES = 30
"""Times in a row that the database may be out of reach before the worker gives up."""
LONGEST_OUTAGE_PAUSE = 10.0
LONGEST_WAIT = 0.2
"""Seconds after which the loop looks at the stop flag; that costs no query."""
AFTER_EXPIRY = 0.1
"""Seconds after the end of another worker's lease until its shards are claimed."""
FAR_BEHIND = 10_000
"""Positions behind the head from which it is worth telling that a shard has caught up again."""


class SubscriptionRunner:
    """Runs subscriptions in this thread until it is stopped.

    ``clock`` gives ascending seconds; nothing that is shared with other workers depends on it.
    ``raises`` lets errors of handlers out, for tests. ``hung`` is called, in another thread, for a
    handler that is past its time limit; by default the process is ended. ``still_alive`` is called
    again and again while Python code can run.
    """

    def __init__(
        self,
        alias: str,
        declarations: Iterable[Declaration],
        *,
        stop: StopFlag | None = None,
        report: Report | None = None,
        clock: Callable[[], float] = monotonic,
        hung: Callable[[Call], None] | None = None,
        still_alive: Callable[[], None] = lambda: None,
        raises: bool = False,
    ) -> None:
        self._still_alive = still_alive
        self.alias = alias
        self.stop = stop or StopFlag()
        self.report = report or Report()
        self.subscribers: Mapping[str, Subscriber] = {d.name: Subscriber(d) for d in declarations}
        self.worker = WorkerIdentity()
        self.leases = Leases(alias, self.worker, conf.lease_seconds())
        self.broken_off = False
        """Whether a handler was broken off: an async one may still be running in a thread of its own."""
        self.pulse = Pulse(alias, self.leases, clock)
        self.holdings = Holdings(alias, self.subscribers, self.leases, self.report, clock)
        self._clock = clock
        self._hung = hung or partial(end_process, self.leases)
        self._outages = 0
        self._refresh_at = float("-inf")
        self._seen_revision = -1
        self._watch = Watch(clock)
        caller = Caller(self._watch)
        failures = Failures(alias, self.report, clock, raises=raises)
        self._attempts = Attempts()
        self._turns = Turns(alias, caller, failures, self._attempts, self.stop, clock)
        self._retries = Retries(alias, caller, failures, self._attempts, self.report, self.stop, clock)

    def run(self) -> None:
        """Follow the log until the stop flag is set. Give the shards back, whatever happens."""
        self._work(self._follow, self._pulse_thread())

    def run_to_head(self, *, threaded: bool = True) -> None:
        """Handle everything that is settled now, then stop. What waits for a later retry stays.

        Without a thread all of it happens on this thread's connection, inside its open transaction.
        """
        if threaded:
            self._work(self._catch_up, self._pulse_thread())
        else:
            self._work(partial(self._catch_up, look=self.pulse.look), nullcontext())

    def _pulse_thread(self) -> PulseThread:
        return PulseThread(self.alias, self.pulse, self._watch, self._hung, self._still_alive)

    def _work(self, loop: Callable[[], None], pulse: AbstractContextManager[object]) -> None:
        refuse_manual_commits(self.alias)
        try:
            with backend_for(self.alias).translated():
                self._join()
            # The end of the pulse is no work: there is nothing in it to be rolled back.
            with pulse, self.stop.working():
                loop()
        except StopNow:
            # Broken off in the middle of a statement: nobody knows what the connection is at.
            connections[self.alias].close()
            self.broken_off = True
            self.report.line("broken off: the event at hand was rolled back")
        except BaseException:
            # What went wrong may have broken the transaction; the first error is the one to tell.
            with suppress(Error):
                self._leave()
            raise
        self._leave()

    def _join(self) -> None:
        backend_for(self.alias).read_committed()
        self.leases.join(self.subscribers)
        head = backend_for(self.alias).watermark()
        for subscriber in self.subscribers.values():
            register(self.alias, subscriber.declaration, head)
        changed(self.alias)
        self.report.line(f"worker {self.worker.name} runs {', '.join(self.subscribers) or 'nothing'}")

    def _leave(self) -> None:
        self.holdings.clear()
        # It may have slept for long, and not have noticed that its connection is gone.
        with_new_connection(self.alias, self._give_back)
        self.report.line(f"worker {self.worker.name} has given everything back")

    def _give_back(self) -> None:
        self._attempts.take_back()
        self.leases.leave()
        changed(self.alias)

    # The loop

    def _follow(self) -> None:
        while not self.stop.is_set:
            worked = self._step()
            if not worked and not self.stop.is_set:
                self.pulse.changed.wait(self._seconds_to_wait())

    def _catch_up(self, look: Callable[[], object] = lambda: None) -> None:
        target = backend_for(self.alias).watermark()
        while not self.stop.is_set:
            look()
            worked = self._step()
            if not self.pulse.has_looked:
                self.pulse.changed.wait(LONGEST_WAIT)
                continue
            if (not worked or self._seems_done(target)) and self.holdings.have_come_to(target):
                return
            if not worked:
                self.pulse.changed.wait(self._seconds_to_wait())

    def _seems_done(self, target: int) -> bool:
        """Whether nothing is left up to ``target``, though events may go on to come."""
        now = self._clock()
        due = any(shard.next_retry is not None and shard.next_retry <= now for shard in self.holdings.shards)
        return not due and all(shard.position >= target for shard in self.holdings.shards)

    def _step(self) -> bool:
        """Do what is to be done now; return whether there was anything. Outlive an outage of the database."""
        try:
            worked = self._turn()
        except (OperationalError, InterfaceError, ConnectionLost) as error:
            self._outlive(error)
            return False
        except Error as error:
            if backend_for(self.alias).is_connected():
                raise
            self._outlive(error)
            return False
        self._outages = 0
        return worked

    def _turn(self) -> bool:
        self.pulse.changed.clear()
        backend_for(self.alias).read_committed()
        if not self.pulse.has_looked:
            return False
        if self._clock() >= self._refresh_at or self.pulse.revision != self._seen_revision:
            self._refresh()
        worked = False
        for shard in list(self.holdings.shards):
            if self.stop.is_set:
                break
            worked |= self._take_turn(shard)
        shards = self.holdings.shards
        self.report.progress(sum(shard.position for shard in shards), self.pulse.head * len(shards))
        return worked

    def _take_turn(self, shard: OwnedShard) -> bool:
        if shard.is_stopped:
            return False
        subscriber = self.subscribers[shard.subscription]
        head = self.pulse.head
        try:
            retried = self._retries.take(shard, subscriber)
            worked = self._turns.take(shard, subscriber, head) or retried
        except LeaseLost:
            self.holdings.forget(shard)
            self._refresh_at = float("-inf")
            return True
        self._tell_progress(shard, head)
        return worked

    def _refresh(self) -> None:
        # Once: the other thread may change it at any time.
        revision = self.pulse.revision
        self.holdings.refresh(reload=revision != self._seen_revision)
        self._seen_revision = revision
        # When a lease of another runs out it is time to look, and not a third of a lease later.
        expiry = self.holdings.next_expiry
        soon = self.pulse.renewal_seconds if expiry is None else min(self.pulse.renewal_seconds, expiry + AFTER_EXPIRY)
        self._refresh_at = self._clock() + max(AFTER_EXPIRY, soon)

    def _tell_progress(self, shard: OwnedShard, head: int) -> None:
        if shard.position >= head:
            if not shard.caught_up:
                self.report.line(f"{shard}: caught up at position {shard.position}")
            shard.caught_up = True
        elif head - shard.position > FAR_BEHIND:
            shard.caught_up = False

    def _seconds_to_wait(self) -> float:
        now = self._clock()
        shards = self.holdings.shards
        moments = [self._refresh_at, now + LONGEST_WAIT]
        moments += [shard.next_retry for shard in shards if shard.next_retry is not None]
        moments += [shard.wait_until for shard in shards if shard.wait_until > now]
        return max(0.0, min(moments) - now)

    def _outlive(self, error: Exception) -> None:
        self._outages += 1
        if self._outages > MAX_OUTAGES or connections[self.alias].in_atomic_block:
            raise error
        pause = min(LONGEST_OUTAGE_PAUSE, 0.1 * 2**self._outages)
        self.report.line(f"the database is out of reach, trying again in {pause:g} s: {error}".strip())
        self.holdings.clear()
        self.pulse.forget()
        self._refresh_at = float("-inf")
        connections[self.alias].close()
        self._pause(pause)

    def _pause(self, seconds: float) -> None:
        until = self._clock() + seconds
        while not self.stop.is_set and (left := until - self._clock()) > 0:
            self.pulse.changed.clear()
            self.pulse.changed.wait(min(left, LONGEST_WAIT))
