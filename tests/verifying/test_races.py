"""Verifying beside writers: what they do meanwhile is no finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction

from eventstore_django import EventStore, NewEvent
from eventstore_django.backends.postgresql import PostgreSQLBackend
from eventstore_django.erasure import erasure
from eventstore_django.models import Event, Stream
from eventstore_django.verifying import histories
from eventstore_django.verifying.findings import Finding
from eventstore_django.verifying.verification import Verification

from .support import append, findings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def store() -> EventStore:
    return EventStore("default")


def elsewhere(work: Callable[[], object]) -> None:
    """Do something on a connection of its own, and wait for its end."""

    def run() -> None:
        try:
            work()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(timeout=60)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Give a function that takes what is to happen between the look at the streams and that at their events."""

    def take(work: Callable[[], object]) -> None:
        real = histories._events

        def events(*arguments: Any) -> Iterator[histories.Entry]:
            elsewhere(work)
            return real(*arguments)

        monkeypatch.setattr(histories, "_events", events)

    return take


def erase(store: EventStore) -> None:
    with erasure(reason="request 17", actor="ada", using=store.using) as door:
        door.remove(Event.objects.stream("Account-1"))


def test_appends_meanwhile_are_no_finding(store: EventStore, meanwhile: Callable[[Callable[[], object]], None]) -> None:
    append(store, "Account-1")

    def work() -> None:
        append(store, "Account-1")
        append(store, "Account-0")

    meanwhile(work)
    job = Verification(store)
    assert (list(job.histories()), job.events) == ([], 3)
    assert store.get_stream_version("Account-1") == 6


def test_an_erasure_meanwhile_is_no_finding(
    store: EventStore, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    append(store, "Account-1")
    meanwhile(lambda: erase(store))
    assert list(Verification(store).histories()) == []
    assert store.get_events("Account-1") == []


def test_an_append_that_is_not_committed_is_no_finding(store: EventStore) -> None:
    append(store, "Account-1")
    with transaction.atomic("default"):
        append(store, "Account-1")
        found: list[Finding] = []
        elsewhere(lambda: found.extend(findings(store)))
    assert found == []


def test_appends_between_highest_position_and_sequence_are_no_finding(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(store, "Account-1")
    real = PostgreSQLBackend.drawn_position

    def drawn_position(backend: PostgreSQLBackend) -> int:
        elsewhere(lambda: append(store, "Account-1"))
        return real(backend)

    monkeypatch.setattr(PostgreSQLBackend, "drawn_position", drawn_position)
    assert findings(store) == []


def test_what_is_wrong_is_told_when_the_transaction_is_over_so_that_it_can_be_repaired(store: EventStore) -> None:
    append(store, "Account-1")
    Stream.objects.filter(pk="Account-1").update(version=9)
    for finding in Verification(store).histories():
        Stream.objects.filter(pk=finding.stream).update(version=3)
    assert findings(store) == []


def test_nothing_can_be_written_while_streams_are_read(store: EventStore) -> None:
    backend = PostgreSQLBackend(connections["default"])
    with pytest.raises(Exception, match="takes no writes"), backend.one_view():
        store.append("Account-1", [NewEvent("A", {})])


def test_inside_a_transaction_of_the_caller_its_own_appends_are_seen(store: EventStore) -> None:
    with transaction.atomic("default"):
        append(store, "Account-1")
        job = Verification(store)
        assert (list(job.histories()), job.events) == ([], 3)
        append(store, "Account-1")
