"""Under DEBUG a worker starts anew when code changes, and does not wait for its own lease."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import SubscriptionShard
from tests.concurrency.material import event

from . import traces
from .commands import Command, Commands

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 20.0
"""Seconds: far less than the lease. Changes are looked for once a second."""
MODULE = """
from eventstore_django import subscription
from tests.workers.handling import handle
subscription({name!r}, shards=4)(handle)
"""


def declare(directory: Path, name: str) -> None:
    """Write an app whose subscribers declare a subscription."""
    app = directory / "reloaded_app"
    app.mkdir(exist_ok=True)
    (app / "__init__.py").touch()
    module = app / "subscribers.py"
    age = module.stat().st_mtime if module.exists() else 0.0
    module.write_text(MODULE.format(name=name))
    os.utime(module, (age + 10, age + 10) if age else None)


def start(commands: Commands, *names: str) -> Command:
    environment = {"WORKERS_DEBUG": "1", "WORKERS_APP": "reloaded_app"}
    return commands.start(
        *names, settings={"LEASE_SECONDS": 600, "POLL_INTERVAL": 5.0}, reload=True, environment=environment
    )


def owners(subscription: str) -> int:
    rows = SubscriptionShard.objects.filter(subscription=subscription).exclude(owner=None)
    return rows.values("owner").count()


def test_a_change_of_code_takes_effect_at_once(store: EventStore, commands: Commands) -> None:
    declare(commands.directory, "before")
    command = start(commands)
    command.told("before[3]: claimed")
    declare(commands.directory, "after")
    command.until(lambda: owners("after") == 4, "did not start anew", SOON)
    assert owners("before") == 0
    assert "has given everything back" in command.output
    store.append("Account-1", [event()])
    command.until(lambda: traces.handled("after"), "does not work", SOON)
    assert not traces.handled("before")


def test_ctrl_c_gives_the_shards_back(store: EventStore, commands: Commands) -> None:
    declare(commands.directory, "before")
    command = start(commands, "before")
    command.told("before[3]: claimed")
    # It looks once a second.
    command.rests(0.5)
    os.killpg(command.pid, signal.SIGINT)
    assert command.wait(SOON) == 0, command.output
    assert owners("before") == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_enough_to_tell_the_process_that_was_started(
    store: EventStore, commands: Commands, number: signal.Signals
) -> None:
    declare(commands.directory, "before")
    command = start(commands, "before")
    command.told("before[3]: claimed")
    command.send(number)
    assert command.wait(SOON) == 0, command.output
    assert owners("before") == 0


def test_the_event_at_hand_is_finished_first(store: EventStore, commands: Commands) -> None:
    declare(commands.directory, "before")
    command = start(commands, "before")
    told = store.append("Account-1", [NewEvent("Told", {"do": "take", "seconds": 1.0})])
    command.until(lambda: list(commands.directory.glob("take-*")), "did not begin")
    os.killpg(command.pid, signal.SIGINT)
    assert command.wait(SOON) == 0, command.output
    assert traces.handled("before") == [told.events[0].position]
    assert owners("before") == 0
    assert "Traceback" not in command.output
