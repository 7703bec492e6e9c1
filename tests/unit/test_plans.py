from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from eventstore_django import (
    ANY,
    NO_STREAM,
    STREAM_EXISTS,
    AppendOperation,
    InvalidEvent,
    InvalidExpectedVersion,
    InvalidStreamName,
    NewEvent,
)
from eventstore_django.names import StreamName
from eventstore_django.plans import AppendPlan, plan_append, plan_load


def _plan(*operations: tuple[str, int, Any], context: dict[str, str] | None = None) -> AppendPlan:
    """Plan operations given as name, number of events and expected version."""
    made = [
        AppendOperation(name, [NewEvent("Noted", {}) for _ in range(count)], expected)
        for name, count, expected in operations
    ]
    return plan_append(made, context or {})


def _planned(event: NewEvent, **context: str) -> Any:
    return plan_append([AppendOperation("Account-1", [event])], context).events[0]


def test_streams_are_sorted_and_named_once() -> None:
    plan = _plan(("b-1", 1, None), ("a-1", 1, None), ("B-1", 0, None), ("b-1", 1, None), ("é-1", 1, None))
    assert [name.text for name in plan.streams] == ["B-1", "a-1", "b-1", "é-1"]


def test_streams_are_sorted_by_code_points_like_the_database_does() -> None:
    plan = _plan(("😀", 1, None), ("\uffff", 1, None), ("a", 1, None))
    assert [name.text for name in plan.streams] == ["a", "\uffff", "😀"]


def test_events_keep_the_order_of_the_call() -> None:
    plan = _plan(("b-1", 2, None), ("a-1", 1, None), ("b-1", 1, None))
    assert [plan.stream_of(event).text for event in plan.events] == ["b-1", "b-1", "a-1", "b-1"]
    assert [event.offset for event in plan.events] == [1, 2, 1, 3]


def test_checks_know_the_events_of_earlier_operations() -> None:
    plan = _plan(("b-1", 2, 5), ("a-1", 1, None), ("b-1", 1, 7))
    assert [(plan.stream_of(check).text, check.offset, check.added) for check in plan.checks] == [
        ("b-1", 0, 2),
        ("a-1", 0, 1),
        ("b-1", 2, 1),
    ]


def test_added_counts_the_events_of_each_stream() -> None:
    plan = _plan(("b-1", 2, None), ("a-1", 0, None), ("b-1", 1, None))
    assert plan.added() == [0, 3]


@pytest.mark.parametrize(
    ("operations", "versions", "conflicts"),
    [
        ([("a", 1, 3)], [3], []),
        ([("a", 1, 3)], [4], [("a", 3, 4)]),
        ([("a", 1, STREAM_EXISTS)], [0], [("a", STREAM_EXISTS, 0)]),
        ([("a", 2, 3), ("a", 1, 5)], [3], []),
        ([("a", 2, 3), ("a", 1, 4)], [3], [("a", 4, 5)]),
        ([("a", 2, 3), ("a", 1, 4)], [9], [("a", 3, 9)]),
        ([("b", 1, 1), ("a", 1, 2)], [0, 0], [("b", 1, 0), ("a", 2, 0)]),
        ([("a", 0, ANY), ("b", 0, NO_STREAM)], [7, 1], [("b", 0, 1)]),
    ],
)
def test_conflicts_are_told_once_for_each_stream(operations: Any, versions: list[int], conflicts: Any) -> None:
    assert _plan(*operations).conflicts(versions) == conflicts


def test_times_are_in_utc() -> None:
    moment = datetime(2024, 2, 29, 1, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    planned = _planned(NewEvent("Noted", {}, occurred_at=moment))
    assert (planned.occurred_at, planned.occurred_at.tzinfo) == (moment, UTC)


def test_the_aggregate_comes_from_the_name_unless_the_event_says_it() -> None:
    planned = _planned(NewEvent("Noted", {}))
    assert (planned.aggregate_type, planned.aggregate_id) == ("Account", "1")
    planned = _planned(NewEvent("Noted", {}, aggregate_type="Owner", aggregate_id="7"))
    assert (planned.aggregate_type, planned.aggregate_id) == ("Owner", "7")


def test_the_context_is_below_the_events_own_metadata() -> None:
    planned = _planned(NewEvent("Noted", {}, metadata={"user": "8"}), user="7", request_id="r")
    assert planned.metadata == '{"user":"8","request_id":"r"}'


def test_a_plan_without_operations_is_empty() -> None:
    assert _plan() == AppendPlan((), (), ())


def test_the_content_is_encoded_once_and_for_all() -> None:
    payload = {"a": [1]}
    planned = _planned(NewEvent("Noted", payload))
    payload["a"].append(2)
    assert planned.payload == '{"a":[1]}'


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (AppendOperation("", []), InvalidStreamName),
        (AppendOperation("$all", []), InvalidStreamName),
        (AppendOperation("a", [], -1), InvalidExpectedVersion),
        (AppendOperation("a", ["Noted"]), InvalidEvent),  # type: ignore[list-item]  # what is refused
    ],
)
def test_a_bad_operation_makes_no_plan(operation: AppendOperation, error: type[Exception]) -> None:
    with pytest.raises(error):
        plan_append([AppendOperation("b", []), operation], {})


def test_a_bad_event_is_named_by_operation_and_index() -> None:
    operations = [AppendOperation("a", []), AppendOperation("b", [NewEvent("Noted", {}), NewEvent("", {})])]
    with pytest.raises(InvalidEvent) as caught:
        plan_append(operations, {})
    assert (caught.value.operation, caught.value.index, caught.value.path) == (1, 1, "event_type")


def test_events_to_load_are_planned_as_an_operation_for_each_run_of_a_stream() -> None:
    names = ["b-1", "a-1", "a-1", "b-1", "é-1", "a-1"]
    events = [NewEvent("Noted", {"number": number}) for number in range(len(names))]
    runs = [("b-1", events[:1]), ("a-1", events[1:3]), ("b-1", events[3:4]), ("é-1", events[4:5]), ("a-1", events[5:])]
    expected = plan_append([AppendOperation(name, run) for name, run in runs], {})
    assert plan_load(zip(map(StreamName.parse, names), events, strict=True)) == expected


def test_a_bad_event_to_load_is_named_by_its_index() -> None:
    name = StreamName.parse("a-1")
    with pytest.raises(InvalidEvent) as caught:
        plan_load([(name, NewEvent("Noted", {})), (name, NewEvent("Noted", {"a": {1}}))])
    assert (caught.value.index, caught.value.path) == (1, "payload.a")


def test_nothing_to_load_is_an_empty_plan() -> None:
    assert plan_load([]) == AppendPlan((), (), ())
