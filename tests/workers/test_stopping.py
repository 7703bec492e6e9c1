"""SIGTERM and SIGINT: the event at hand is finished, or broken off; everything is given back; the exit code is 0."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import ParkedEvent, SubscriptionShard, Worker
from tests.concurrency.material import event
from tests.concurrency.sessions import execute

from . import traces
from .commands import Command, Commands
from .handling import HEALED

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 10.0
"""Seconds: far more than is needed, and far less than a lease, a time limit, or what the handlers take."""
LEASE = {"LEASE_SECONDS": 600}
LOCK = 4711


def in_handler(commands: Commands, store: EventStore, order: str, **options: object) -> tuple[Command, int]:
    """Start a worker, and return when it is in the middle of a handler; and the position of the event."""
    told = NewEvent("Told", {"do": order, **options})
    position = store.append("Account-1", [event(), told, event()]).events[1].position
    command = commands.start("one", settings=LEASE)
    command.called(order)
    return command, position


def stopped(command: Command, number: signal.Signals = signal.SIGTERM) -> None:
    """Send a signal, and see that the process ends soon and well."""
    command.send(number)
    assert command.wait(SOON) == 0, command.output
    assert "Traceback" not in command.output


def assert_given_back() -> None:
    shard = SubscriptionShard.objects.get(subscription="one")
    assert (shard.owner, shard.lease_until, shard.in_flight) == (None, None, 0)
    assert not Worker.objects.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_event_at_hand_is_finished(store: EventStore, commands: Commands, number: signal.Signals) -> None:
    command, position = in_handler(commands, store, "wait")
    command.send(number)
    command.let_go(position)
    assert command.wait(SOON) == 0, command.output
    # What comes after it in the batch is left to others.
    assert traces.handled("one") == [position - 1, position]
    assert SubscriptionShard.objects.get(subscription="one").position == position
    assert_given_back()


@pytest.mark.parametrize("order", ["hang", "spin", "lock"])
def test_a_handler_that_does_not_end_is_broken_off(store: EventStore, commands: Commands, order: str) -> None:
    execute("SELECT pg_advisory_lock(%s)", LOCK)
    try:
        command, _ = in_handler(commands, store, order, key=LOCK)
        stopped(command)
    finally:
        execute("SELECT pg_advisory_unlock(%s)", LOCK)
    assert "broken off" in command.output
    # It shared its transaction with the one before.
    assert traces.handled("one") == []
    assert_given_back()
    (commands.directory / HEALED).touch()
    assert commands.start("one", "--once").wait() == 0
    traces.assert_exactly_once("one")
    # To be broken off is no failure of the handler.
    assert {effect.attempt for effect in traces.effects("one")} == {1}
    assert not ParkedEvent.objects.exists()


def test_to_be_broken_off_in_a_retry_is_no_failed_attempt(store: EventStore, commands: Commands) -> None:
    store.append("Account-1", [NewEvent("Told", {"do": "stumble"}), event()])
    for calls in (3, 1, 1):
        command = commands.start("one", settings=LEASE)
        command.called("stumble", calls)
        stopped(command)
        # The one that failed.
        assert ParkedEvent.objects.get(status=ParkedEvent.Status.RETRYING).attempts == 1
    assert not ParkedEvent.objects.filter(status=ParkedEvent.Status.PARKED).exists()


def test_to_be_broken_off_event_by_event_is_no_failed_attempt(store: EventStore, commands: Commands) -> None:
    store.append("Account-1", [NewEvent("Told", {"do": "relapse"})])
    command = commands.start("one", settings=LEASE)
    # First in a batch; then alone, where each attempt is counted beforehand.
    command.called("relapse", 2)
    assert SubscriptionShard.objects.get().attempts == 1
    stopped(command)
    shard = SubscriptionShard.objects.get()
    assert (shard.attempts, shard.attempt_position, shard.in_flight) == (0, 0, 0)
    (commands.directory / HEALED).touch()
    assert commands.start("one", "--once").wait() == 0
    traces.assert_exactly_once("one")
    assert {effect.attempt for effect in traces.effects("one")} == {1}


def test_a_second_signal_breaks_it_off_at_once(store: EventStore, commands: Commands) -> None:
    command, _ = in_handler(commands, store, "outlast")
    command.send(signal.SIGTERM)
    # Else the two would be one.
    command.until(lambda: not has_pending_signals(command.pid))
    stopped(command)
    assert traces.handled("one") == []
    assert_given_back()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_worker_stops(store: EventStore, commands: Commands, number: signal.Signals) -> None:
    store.append("Account-1", [event()])
    command = commands.start("one", settings=LEASE)
    command.told("caught up")
    stopped(command, number)
    assert "broken off" not in command.output
    assert_given_back()


def test_a_worker_that_seldom_looks_at_the_log_stops_as_soon(store: EventStore, commands: Commands) -> None:
    publisher = commands.start("four", settings=LEASE)
    publisher.owns(4)
    command = commands.start("one", settings={**LEASE, "POLL_INTERVAL": 60})
    command.owns(1)
    command.rests(0.5)
    stopped(command)
    # There was nothing that could have been broken off.
    assert "broken off" not in command.output


def test_a_worker_whose_connections_are_gone_gives_its_shards_back(store: EventStore, commands: Commands) -> None:
    command = commands.start("one", settings=LEASE)
    command.owns(1)
    command.rests(0.2)
    # It has not noticed it: it asks for its shards once in 200 seconds.
    command.cut_off()
    assert command.terminate() == 0, command.output
    assert_given_back()


def test_signals_at_any_moment_end_it_well(store: EventStore, commands: Commands) -> None:
    for number in range(200):
        store.append(f"Account-{number % 7}", [event()])
    for _ in range(8):
        command = commands.start("four", settings=LEASE)
        command.told("claimed")
        stopped(command)
        assert not SubscriptionShard.objects.exclude(owner=None).exists()
    assert commands.start("four", "--once").wait() == 0
    traces.assert_exactly_once("four")


def has_pending_signals(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    return "ShdPnd:\t0000000000000000" not in status
