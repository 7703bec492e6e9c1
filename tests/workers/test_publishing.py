"""The published watermark as running workers see it: nothing is skipped, and there is always somebody to publish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import LogHead, Worker
from tests.concurrency.conftest import OpenSession
from tests.concurrency.material import event
from tests.concurrency.sessions import value

from . import traces
from .commands import Command, Commands

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = {"LEASE_SECONDS": 1.0}


def publisher() -> str | None:
    """Return the name of the worker that publishes."""
    publishers = LogHead.objects.values("publisher")
    return Worker.objects.filter(worker_id__in=publishers).values_list("name", flat=True).first()


def publishes(command: Command) -> Callable[[], bool]:
    return lambda: (publisher() or "").endswith(f":{command.pid}")


def last_look(command: Command) -> datetime:
    """Return when the worker looked at the log last."""
    looked_at: datetime = value(
        "SELECT max(query_start) FROM pg_stat_activity WHERE application_name = %s AND state = 'idle' "
        "AND datname = current_database() AND query LIKE %s",
        command.name,
        "%eventstore_publish%",
    )
    return looked_at


def test_a_lower_position_that_commits_late_is_not_skipped(
    store: EventStore, commands: Commands, session: OpenSession
) -> None:
    command = commands.start("one")
    store.append("Account-1", [event()])
    command.until(lambda: len(traces.handled("one")) == 1)
    late = session()
    late.begin()
    late.run(store.append, "Late-1", [event()])
    for number in range(20):
        # Each wakes the worker; none of them can be handled before the one that is lower.
        store.append(f"Account-{number}", [event()])
    appended_at = value("SELECT clock_timestamp()")
    command.until(lambda: last_look(command) > appended_at, "does not look")
    assert len(traces.handled("one")) == 1
    late.commit()
    command.until(lambda: traces.lag("one") == 0)
    assert traces.handled("one") == sorted(traces.handled("one"))
    traces.assert_exactly_once("one")


def test_another_worker_publishes_when_the_publisher_is_killed(store: EventStore, commands: Commands) -> None:
    first = commands.start("one", settings=SETTINGS)
    first.until(publishes(first), "does not publish")
    second = commands.start("four", settings=SETTINGS)
    second.told("claimed")
    assert publishes(first)()
    first.kill()
    store.append("Account-1", [event()])
    second.until(publishes(second), "does not publish")
    second.until(lambda: len(traces.handled("four")) == 1, "did not handle it")


def test_another_worker_publishes_when_the_publisher_stops(store: EventStore, commands: Commands) -> None:
    first = commands.start("one", settings={"LEASE_SECONDS": 600})
    first.until(publishes(first), "does not publish")
    second = commands.start("four", settings={"LEASE_SECONDS": 600})
    second.told("claimed")
    assert first.terminate() == 0
    second.until(publishes(second), "does not publish", 10)


def test_the_publisher_goes_on_while_its_handler_takes_its_time(store: EventStore, commands: Commands) -> None:
    first = commands.start("one", settings=SETTINGS)
    first.until(publishes(first), "does not publish")
    position = store.append("Account-1", [NewEvent("Told", {"do": "wait"})]).events[0].position
    first.called("wait")
    second = commands.start("four", settings=SETTINGS)
    second.let_go(position)
    store.append("Account-2", [event()])
    second.until(lambda: len(traces.handled("four")) == 2, "did not handle them")
    assert publishes(first)()
    assert len(first.shards()) == 1
