"""``assert_handling_twice_changes_nothing``: handlers with effects outside of the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import F

from eventstore_django import EventStore, NewEvent, RecordedEvent, UnknownSubscription, event_context, subscription
from eventstore_django.models import Snapshot
from eventstore_django.testing.idempotency import assert_handling_twice_changes_nothing
from eventstore_django.testing.subscriptions import temporary_subscriptions

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def declarations_are_forgotten() -> Iterator[None]:
    with temporary_subscriptions():
        yield


@pytest.fixture
def outside() -> list[int]:
    """What lies outside of the database."""
    return []


def append(*numbers: int, stream_id: str = "A-1") -> tuple[RecordedEvent, ...]:
    return EventStore().append(stream_id, [NewEvent("Noted", {"number": number}) for number in numbers]).events


def test_a_handler_that_knows_what_it_has_done_passes(outside: list[int]) -> None:
    @subscription("known")
    def handle(event: RecordedEvent) -> None:
        if event.position not in outside:
            outside.append(event.position)

    events = append(1, 2, 3)
    assert_handling_twice_changes_nothing("known", state=lambda: outside)
    assert outside == [event.position for event in events]


def test_a_handler_that_adds_is_refused_at_the_first_event_that_makes_a_difference(outside: list[int]) -> None:
    @subscription("sum")
    def handle(event: RecordedEvent) -> None:
        outside[:] = [sum(outside) + event.payload["number"]]

    event = append(0, 0, 7, 8)[2]
    with pytest.raises(AssertionError, match=f"Noted at position {event.position} ") as caught:
        assert_handling_twice_changes_nothing("sum", state=lambda: outside)
    assert "[7]" in str(caught.value)
    assert "[14]" in str(caught.value)


def test_a_handler_that_only_remembers_the_last_event_is_refused(outside: list[int]) -> None:
    @subscription("last")
    def handle(event: RecordedEvent) -> None:
        if outside[-1:] != [event.position]:
            outside.append(event.position)

    append(1, 2)
    with pytest.raises(AssertionError, match="all 2 events"):
        assert_handling_twice_changes_nothing("last", state=lambda: outside)


def test_a_handler_that_remembers_in_memory_is_refused(outside: list[int]) -> None:
    @subscription("memory")
    class Handler:
        def __init__(self) -> None:
            self.done: set[int] = set()

        def handle(self, event: RecordedEvent) -> None:
            if event.position not in self.done:
                self.done.add(event.position)
                outside.append(event.position)

    append(1)
    with pytest.raises(AssertionError, match="position"):
        assert_handling_twice_changes_nothing("memory", state=lambda: outside)


def test_a_handler_that_goes_by_the_attempt_is_refused(outside: list[int]) -> None:
    @subscription("attempts")
    def handle(event: RecordedEvent) -> None:
        if event_context().attempt == 1:
            outside.append(event.position)

    append(1)
    with pytest.raises(AssertionError, match="position"):
        assert_handling_twice_changes_nothing("attempts", state=lambda: outside)


def test_handlers_of_batches_are_given_lists(outside: list[int]) -> None:
    sizes = []

    @subscription("batches", batch=True)
    def handle(events: list[RecordedEvent]) -> None:
        sizes.append(len(events))
        outside[:] = sorted({*outside, *(event.position for event in events)})

    append(1, 2)
    assert_handling_twice_changes_nothing("batches", state=lambda: outside)
    assert sizes == [1, 1, 1, 1, 2]


def test_only_what_the_subscription_wants_is_handled(outside: list[int]) -> None:
    @subscription("filtered", categories=["B"])
    def handle(event: RecordedEvent) -> None:
        outside.append(event.position)

    append(1)
    (wanted,) = append(2, stream_id="B-1")
    with pytest.raises(AssertionError, match=str(wanted.position)):
        assert_handling_twice_changes_nothing("filtered", state=lambda: outside)


def test_the_events_can_be_given(outside: list[int]) -> None:
    @subscription("given")
    def handle(event: RecordedEvent) -> None:
        outside[:] = [event.position]

    append(1)
    (event,) = append(2)
    assert_handling_twice_changes_nothing("given", [event], state=lambda: outside)
    assert outside == [event.position]


def test_without_events_nothing_is_shown(outside: list[int]) -> None:
    @subscription("idle")
    def handle(event: RecordedEvent) -> None: ...

    with pytest.raises(AssertionError, match="append some"):
        assert_handling_twice_changes_nothing("idle", state=lambda: outside)


def test_what_the_handler_raises_comes_out(outside: list[int]) -> None:
    @subscription("broken")
    def handle(event: RecordedEvent) -> None:
        raise ZeroDivisionError

    append(1)
    with pytest.raises(ZeroDivisionError):
        assert_handling_twice_changes_nothing("broken", state=lambda: outside)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownSubscription):
        assert_handling_twice_changes_nothing("unknown", state=list)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(Snapshot.objects.all, id="queryset"),
        pytest.param(Snapshot.objects.values_list, id="values of a queryset"),
        pytest.param(lambda: Snapshot.objects.order_by("pk")[:5], id="slice of a queryset"),
        pytest.param(lambda: list(Snapshot.objects.all()), id="instances"),
        pytest.param(lambda: {"rows": tuple(Snapshot.objects.all())}, id="instances, deeper"),
    ],
)
def test_rows_are_compared_by_their_fields(state: Any) -> None:
    @subscription("versions")
    def handle(event: RecordedEvent) -> None:
        key = {"stream_id": event.stream_id, "aggregate_id": "1", "aggregate_type": "A", "version": 1}
        Snapshot.objects.get_or_create(**key, defaults={"data": {}})
        Snapshot.objects.update(schema_version=F("schema_version") + event.payload["number"])

    append(0)
    assert_handling_twice_changes_nothing("versions", state=state)
    event = append(1)[0]
    with pytest.raises(AssertionError, match=str(event.position)):
        assert_handling_twice_changes_nothing("versions", state=state)


def test_values_that_the_handler_changes_in_place_are_seen() -> None:
    state: dict[str, Any] = {"list": [], "set": set(), "deep": {"list": []}}

    @subscription("places")
    def handle(event: RecordedEvent) -> None:
        if event.payload["number"]:
            state["deep"]["list"].append(event.position)

    append(0)
    assert_handling_twice_changes_nothing("places", state=lambda: state)
    append(1)
    with pytest.raises(AssertionError):
        assert_handling_twice_changes_nothing("places", state=lambda: state)
