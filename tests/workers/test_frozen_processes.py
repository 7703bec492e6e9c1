"""A worker that stands still past its lease (SIGSTOP, a frozen container) and wakes up: it commits nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic

import pytest
from django.db.models.functions import Now

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import ParkedEvent, SubscriptionShard, Worker
from tests.concurrency.material import event
from tests.concurrency.sessions import execute

from . import traces
from .commands import Commands

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = 1.0
SETTINGS = {"LEASE_SECONDS": LEASE, "POLL_INTERVAL": 0.1}
LOCK = 4712
MARGIN = 10.0
"""Seconds: far more than starting a process takes."""


def test_another_worker_handles_the_event_and_the_first_commits_nothing(store: EventStore, commands: Commands) -> None:
    first = commands.start("one", settings=SETTINGS)
    first.owns(1)
    second = commands.start("one", settings=SETTINGS)
    second.told("runs one")
    position = store.append("Account-1", [NewEvent("Held", {"do": "wait"}), event()]).events[0].position
    first.called("wait")
    first.send(signal.SIGSTOP)
    frozen_at = monotonic()
    assert first.has_written()
    second.called("wait")
    assert monotonic() - frozen_at < LEASE + MARGIN
    second.let_go(position)
    second.until(lambda: len(traces.handled("one")) == 2, "did not handle the events")
    first.let_go(position)
    first.send(signal.SIGCONT)
    first.told("one[0]: lost at position")
    store.append("Account-1", [event()])
    second.until(lambda: len(traces.handled("one")) == 3, "did not go on")
    assert traces.handled_by("one") == {second.pid}
    assert second.terminate() == 0
    # It goes on living, and takes part.
    first.owns(1)
    store.append("Account-1", [event()])
    first.until(lambda: first.pid in traces.handled_by("one"), "did not go on")
    assert first.terminate() == 0
    traces.assert_exactly_once("one")
    traces.tenures()
    assert not ParkedEvent.objects.exists()


def test_locks_of_a_frozen_transaction_are_freed_by_the_database(store: EventStore, commands: Commands) -> None:
    first = commands.start("impatient", settings=SETTINGS)
    first.owns(4)
    position = store.append("Account-1", [NewEvent("Held", {"do": "holdon", "key": 1}), event()]).events[0].position
    first.called("holdon")
    first.send(signal.SIGSTOP)
    second = commands.start("impatient", settings=SETTINGS)
    second.let_go(position)
    second.until(lambda: len(traces.handled("impatient")) == 2, "waits for the lock for ever")
    first.send(signal.SIGCONT)
    # Its handler is past its time limit by now.
    assert first.wait() == 70, first.output
    assert second.terminate() == 0
    traces.assert_exactly_once("impatient")
    assert traces.handled_by("impatient") == {second.pid}
    assert not ParkedEvent.objects.exists()


def test_who_takes_over_has_time_to_wait_for_the_locks_of_a_frozen_transaction(
    store: EventStore, commands: Commands
) -> None:
    first = commands.start("brief", settings={**SETTINGS, "LEASE_SECONDS": 3.0})
    first.owns(1)
    # It looks so often that it takes over as soon as can be.
    second = commands.start("brief", settings={**SETTINGS, "LEASE_SECONDS": 0.5})
    second.told("runs brief")
    old = SubscriptionShard.objects.filter(lease_until__lt=Now() + timedelta(seconds=2.2))
    first.until(old.exists, "does not let its lease grow older")
    position = store.append("Account-1", [NewEvent("Held", {"do": "holdon", "key": 1})]).events[0].position
    second.let_go(position)
    first.called("holdon")
    first.send(signal.SIGSTOP)
    second.until(lambda: traces.handled("brief"), "did not handle the event")
    assert not ParkedEvent.objects.exists()


PLACES = {
    "retry": ("eventstore_parked_events", "OLD.attempts <> NEW.attempts"),
    "claim": ("eventstore_subscription_shards", "OLD.epoch <> NEW.epoch"),
    "renewal": ("eventstore_subscription_shards", "OLD.epoch = NEW.epoch AND OLD.lease_until <> NEW.lease_until"),
    "news": ("eventstore_log_head", "OLD.revision <> NEW.revision"),
}
"""Updates in the middle of a worker's transactions: the table, and the condition."""


@pytest.fixture(params=PLACES)
def waits(request: pytest.FixtureRequest, traced: None) -> Iterator[None]:
    """An advisory lock that a worker waits for in one of the places."""
    table, condition = PLACES[request.param]
    execute(
        f"CREATE FUNCTION worker_wait() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN PERFORM pg_advisory_xact_lock({LOCK}); RETURN NEW; END $$"
    )
    execute(
        f"CREATE TRIGGER worker_wait BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({condition}) EXECUTE FUNCTION worker_wait()"
    )
    execute("SELECT pg_advisory_lock(%s)", LOCK)
    yield
    execute("SELECT pg_advisory_unlock_all()")
    execute(f"DROP TRIGGER worker_wait ON {table}")
    execute("DROP FUNCTION worker_wait")


def test_the_row_of_a_shard_is_freed_wherever_its_owner_was_frozen(
    store: EventStore, waits: None, commands: Commands
) -> None:
    first = commands.start("brief", settings=SETTINGS)
    store.append("Account-1", [NewEvent("Told", {"do": "fail"})])
    first.until(first.waits_for_lock, "does not come to the place")
    first.send(signal.SIGSTOP)
    execute("SELECT pg_advisory_unlock(%s)", LOCK)
    second = commands.start("brief", settings=SETTINGS)
    second.owns(1, seconds=LEASE + MARGIN)


def test_a_worker_that_was_given_up_by_the_others_gets_its_share_again(store: EventStore, commands: Commands) -> None:
    settings = {**SETTINGS, "LEASE_SECONDS": 0.5}
    first = commands.start("four", settings=settings)
    first.owns(4)
    first.send(signal.SIGSTOP)
    silent = Worker.objects.filter(name__endswith=f":{first.pid}", lease_until__lt=Now() - 10 * timedelta(seconds=0.5))
    first.until(silent.exists, "is not silent")
    # Whoever joins forgets those that were silent for ten leases.
    second = commands.start("four", settings=settings)
    second.owns(4)
    first.send(signal.SIGCONT)
    first.owns(2, seconds=10)
    second.owns(2, seconds=10)
