"""Numbers of rows and kinds of events, exact while they are small and estimated when they are not."""

from __future__ import annotations

import pytest
from django.db import connections

from eventstore_django import EventStore, NewEvent
from eventstore_django.backends import backend_for, estimates, postgresql, tallies
from eventstore_django.backends.tallies import Kind, Kinds, Precision, Tally

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four rows be too many to be counted."""
    monkeypatch.setattr(tallies, "COUNTED", 3)
    monkeypatch.setattr(postgresql, "COUNTED", 3)


def append(using: str, stream: str, *event_types: str) -> None:
    EventStore(using).append(stream, [NewEvent(name, {}) for name in event_types])


def analyse() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("ANALYZE eventstore_events, eventstore_streams")


def test_small_tables_are_counted(using: str) -> None:
    append(using, "A-1", "X", "Y")
    append(using, "B-1", "X")
    backend = backend_for(using)
    assert backend.tally("eventstore_events") == Tally(3, Precision.EXACT)
    assert backend.tally("eventstore_streams") == Tally(2, Precision.EXACT)


@pytest.mark.usefixtures("few")
def test_of_many_events_there_is_an_estimate(using: str) -> None:
    append(using, "A-1", *"VWXYZ")
    found = backend_for(using).tally("eventstore_events")
    assert found.precision is Precision.ESTIMATED
    assert found.number >= 5


@pytest.mark.usefixtures("few")
def test_the_estimate_of_an_analysed_table_is_the_planners() -> None:
    append("default", "A-1", *"VWXYZ")
    analyse()
    assert backend_for("default").tally("eventstore_events") == Tally(5, Precision.ESTIMATED)


@pytest.mark.usefixtures("few")
def test_of_many_other_rows_there_are_at_least_as_many_as_were_counted(using: str) -> None:
    for number in range(5):
        append(using, f"A-{number}", "X")
    assert backend_for(using).tally("eventstore_streams") == Tally(4, Precision.AT_LEAST)


def test_a_table_that_was_never_analysed_has_no_estimate() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE fresh (id int); INSERT INTO fresh VALUES (1)")
    assert estimates.estimated_rows(backend_for("default"), "fresh") == -1


def test_kinds_of_a_small_log_are_counted_the_most_frequent_first(using: str) -> None:
    append(using, "A-1", "X", "Y", "X")
    append(using, "B-1", "Z")
    backend = backend_for(using)
    assert backend.kinds("category") == Kinds((Kind("A", 3), Kind("B", 1)), Precision.EXACT)
    found = backend.kinds("event_type")
    assert [(kind.name, kind.events) for kind in found.kinds] == [("X", 2), ("Y", 1), ("Z", 1)]


def test_an_empty_log_has_no_kinds(using: str) -> None:
    assert backend_for(using).kinds("category") == Kinds((), Precision.EXACT)


@pytest.mark.usefixtures("few")
def test_kinds_of_a_large_log_are_those_of_its_last_events(using: str) -> None:
    append(using, "Old-1", *"XXXX")
    append(using, "New-1", *"XX")
    assert backend_for(using).kinds("category") == Kinds((Kind("New", 2), Kind("Old", 1)), Precision.EXACT, 3)


@pytest.mark.usefixtures("few")
def test_kinds_of_an_analysed_log_come_from_its_statistics_whatever_they_are_called() -> None:
    append("default", "Old-1", *["X"] * 6)
    append("default", 'N,{e"w}\\-1', *["X"] * 2)
    analyse()
    found = backend_for("default").kinds("category")
    assert found == Kinds((Kind("Old", 6), Kind('N,{e"w}\\', 2)), Precision.ESTIMATED)
