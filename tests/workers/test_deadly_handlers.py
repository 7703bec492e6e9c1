"""Handlers that end their process, or hang until it is ended: tried again, then parked like any other failure."""

from __future__ import annotations

import pytest

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import Event, ParkedEvent
from eventstore_django.workers import operations
from tests.concurrency.material import event, events

from . import traces
from .commands import Command, Commands
from .handling import DEADLY_EXIT, HEALED

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = {"LEASE_SECONDS": 0.5, "POLL_INTERVAL": 0.1}
ATTEMPTS = 3
HUNG = 70
OTHERS = [f"Good-{number}" for number in range(8)]


@pytest.mark.parametrize(("order", "code"), [("die", DEADLY_EXIT), ("hang", HUNG), ("spin", HUNG)])
def test_it_is_parked_in_the_end_and_other_streams_go_on(
    store: EventStore, commands: Commands, order: str, code: int
) -> None:
    store.append("Bad-1", [event(), NewEvent("Told", {"do": order}), event()])
    for stream in OTHERS:
        store.append(stream, events(3))
    codes, worker = supervise(commands)
    # Once in a batch, where nobody knows which event it was.
    assert codes == [code] * (ATTEMPTS + 1)
    worker.until(lambda: traces.lag("impatient") == 0, "did not go on")
    store.append("Bad-1", [event()])
    worker.until(lambda: kept("Bad-1") == [(2, "parked"), (3, "waiting"), (4, "waiting")], "did not hold them back")
    handled = {(effect.stream, effect.version) for effect in traces.effects("impatient")}
    assert handled == {("Bad-1", 1), *((stream, version) for stream in OTHERS for version in (1, 2, 3))}
    parked = ParkedEvent.objects.get(status=ParkedEvent.Status.PARKED)
    assert parked.attempts == ATTEMPTS
    assert "process ended" in parked.error

    (commands.directory / HEALED).touch()
    assert operations.retry_parked("default", "impatient") == 1
    worker.until(lambda: not ParkedEvent.objects.exists(), "did not try them again")
    assert worker.terminate() == 0
    traces.assert_exactly_once("impatient")


def test_other_streams_are_handled_between_the_attempts(store: EventStore, commands: Commands) -> None:
    store.append("Bad-1", [NewEvent("Told", {"do": "die"})])
    for stream in OTHERS:
        store.append(stream, events(3))
    for _ in range(ATTEMPTS):
        assert commands.start("impatient", settings=SETTINGS).wait() == DEADLY_EXIT
    assert kept("Bad-1") == [(1, "retrying")]
    assert len(traces.handled("impatient")) == 3 * len(OTHERS)


def supervise(commands: Commands) -> tuple[list[int], Command]:
    """Start a worker anew each time it ends, until something is parked; return the exit codes and the last one."""
    codes: list[int] = []
    while True:
        worker = commands.start("impatient", settings=SETTINGS)
        while worker.is_running:
            if ParkedEvent.objects.filter(status=ParkedEvent.Status.PARKED).exists():
                return codes, worker
        codes.append(worker.wait())
        assert len(codes) < 10, worker.output


def kept(stream: str) -> list[tuple[int, str]]:
    """Return version and status of what is kept aside of a stream."""
    versions = dict(Event.objects.filter(stream=stream).values_list("position", "event_version"))
    rows = ParkedEvent.objects.filter(stream_id=stream).order_by("position").values_list("position", "status")
    return [(versions[position], str(status)) for position, status in rows]
