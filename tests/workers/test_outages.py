"""The database's side of the connections goes away: workers go on, and every event takes effect exactly once."""

from __future__ import annotations

import random
from time import sleep

import pytest

from eventstore_django import AppendOperation, EventStore, NewEvent
from eventstore_django.models import ParkedEvent, Subscription
from tests.concurrency.material import event, events
from tests.concurrency.sessions import rows, value

from . import traces
from .commands import Command, Commands

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = {"LEASE_SECONDS": 2.0, "POLL_INTERVAL": 0.1}
OUTAGES = 6


def test_a_worker_outlives_the_loss_of_its_connections(store: EventStore, commands: Commands) -> None:
    chance = random.Random(6)
    command = commands.start("crowd", settings=SETTINGS)
    at_work = 0
    for _ in range(OUTAGES):
        store.append_batch([AppendOperation(f"Crowd-{number}", events(10)) for number in range(40)])
        command.until(command.has_written, "is not at work")
        sleep(chance.uniform(0, 0.2))
        at_work += command.has_written()
        command.cut_off()
    command.until(lambda: traces.lag("crowd") == 0 and not ParkedEvent.objects.exists(), "did not handle everything")
    assert at_work
    traces.assert_exactly_once("crowd")
    traces.tenures()
    assert command.terminate() == 0


@pytest.mark.parametrize("name", ["single", "strict"])
def test_a_lost_connection_is_no_failure_of_the_handler(store: EventStore, commands: Commands, name: str) -> None:
    store.append("Account-1", [NewEvent("Told", {"do": "step"}), event()])
    command = commands.start(name, settings=SETTINGS)
    for calls in range(1, 4):
        command.called("step", calls)
        command.cut_off()
        # The handler goes on with a connection that is gone, and finds out.
        (commands.directory / "step").touch()
    command.called("step", 4)
    (commands.directory / "step").touch()
    command.until(lambda: len(traces.handled(name)) == 2, "did not go on")
    assert not ParkedEvent.objects.exists()
    subscription = Subscription.objects.get(pk=name)
    assert (subscription.status, subscription.last_error) == ("running", "")
    traces.assert_exactly_once(name)


def test_a_worker_whose_ear_was_cut_off_listens_again(store: EventStore, commands: Commands) -> None:
    # Without being woken it would look an hour later, in the scale of a test.
    command = commands.start("one", settings={"POLL_INTERVAL": 60, "LEASE_SECONDS": 600})
    store.append("Account-1", [event()])
    command.until(lambda: len(traces.handled("one")) == 1, "was not woken")
    before: list[int] = []
    command.until(lambda: before.extend(listeners(command)) or before, "does not listen")  # type: ignore[func-returns-value]  # None, so the list
    assert value("SELECT pg_terminate_backend(%s, 10000)", before[0])
    command.until(lambda: listeners(command) not in ([], before), "does not listen again")
    command.until(lambda: is_idle(command), "does not wait")
    store.append("Account-1", [event()])
    command.until(lambda: len(traces.handled("one")) == 2, "was not woken", 30)


def listeners(command: Command) -> list[int]:
    """Return the sessions that listen, by what they did last."""
    found = rows(
        "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND datname = current_database() "
        "AND wait_event = 'ClientRead' AND query LIKE %s",
        command.name,
        "%eventstore_publish%",
    )
    return [pid for (pid,) in found]


def is_idle(command: Command) -> bool:
    return all(state == "idle" for _, state in command.sessions())
