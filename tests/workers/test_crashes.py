"""Workers killed at any instant, again and again: every event takes effect exactly once, in its stream's order."""

from __future__ import annotations

import random
import signal
from time import monotonic, sleep

import pytest

from eventstore_django import AppendOperation, EventStore
from eventstore_django.models import ParkedEvent
from tests.concurrency.material import events

from . import traces
from .commands import Command, Commands

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KILLS = 50
STREAMS = 40
EACH = 10
EVENTS = (KILLS + 1) * STREAMS * EACH
SETTINGS = {"LEASE_SECONDS": 0.6, "POLL_INTERVAL": 0.1}
UNAWARE = 7
"""Every so many kills hit a process wherever it is: it may have begun just now."""
ANYWHEN = 3
"""Every so many of the others hit it at any time; the rest when it is at work."""
PATIENCE = 300.0
"""Seconds: far more than the handlers take, on a machine that has other things to do as well."""


def test_nothing_is_lost_or_doubled_when_workers_are_killed_all_the_time(store: EventStore, commands: Commands) -> None:
    chance = random.Random(20_000)
    write(store)
    workers = [start(commands), start(commands)]
    at_work = 0
    for kill in range(KILLS):
        victim = workers.pop(0)
        write(store)
        if kill % UNAWARE:
            victim.until(victim.shards, "came to own nothing")
        sleep(chance.uniform(0, 0.5))
        if kill % UNAWARE and kill % ANYWHEN:
            wait_for_work(victim)
        at_work += kill_at_work(victim)
        workers.append(start(commands))
    for worker in workers:
        worker.until(is_done, "did not handle everything", PATIENCE)
        assert worker.terminate() == 0, worker.output
    assert len(traces.handled("crowd")) == EVENTS
    traces.assert_exactly_once("crowd")
    assert not ParkedEvent.objects.exists()
    assert sum(len(epochs) for epochs in traces.tenures().values()) >= KILLS
    # The proof that this run could have failed.
    assert at_work >= KILLS // 2, f"only {at_work} of {KILLS} kills hit a transaction that had written"


def start(commands: Commands) -> Command:
    return commands.start("crowd", settings=SETTINGS)


def write(store: EventStore) -> None:
    store.append_batch([AppendOperation(f"Crowd-{number}", events(EACH)) for number in range(STREAMS)])


def wait_for_work(victim: Command) -> None:
    """Wait for a moment in which it has written; not for long, for it may have nothing to do."""
    end = monotonic() + 2.0
    while not victim.has_written() and monotonic() < end:
        sleep(0.001)


def kill_at_work(victim: Command) -> bool:
    """Kill a process; return whether its transaction had written something."""
    victim.send(signal.SIGSTOP)
    was_at_work = victim.has_written()
    victim.kill()
    return was_at_work


def is_done() -> bool:
    return traces.lag("crowd") == 0 and not ParkedEvent.objects.exists()
