"""The same events again: the first result, or an error, and never twice in the log."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from ...context import event_metadata
from ...events import NewEvent
from ...exceptions import DuplicateEventError, InvalidEvent
from ...operations import AppendOperation
from ...versions import ANY, NO_STREAM, STREAM_EXISTS
from .case import ContractCase, noted, several

MOMENT = datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)

MODES = [(0, ANY), (2, ANY), (0, NO_STREAM), (2, STREAM_EXISTS), (2, 2)]

OTHER_CONTENT: dict[str, dict[str, Any]] = {
    "type": {"event_type": "Other"},
    "payload": {"payload": {"number": 2}},
    "longer payload": {"payload": {"number": 1, "more": None}},
    "metadata": {"metadata": {"source": "b"}},
    "no metadata": {"metadata": None},
    "time": {"occurred_at": MOMENT + timedelta(microseconds=1)},
    "aggregate id": {"aggregate_id": "2"},
    "aggregate type": {"aggregate_type": "Other"},
    "schema version": {"schema_version": 2},
}


class IdempotencyContract(ContractCase):
    """A repeated append."""

    @pytest.mark.parametrize(("before", "expected"), MODES)
    @pytest.mark.parametrize("count", [1, 3])
    def test_the_same_events_again_return_the_first_result(self, before: int, expected: Any, count: int) -> None:
        self.store.append("Account-1", several(before))
        events = several(count)
        first = self.store.append("Account-1", events, expected)
        again = self.store.append("Account-1", events, expected)
        assert again == replace(first, replayed=True)
        assert self.store.get_stream_version("Account-1") == before + count
        assert self.events.stream("Account-1").count() == before + count

    @pytest.mark.parametrize(("before", "expected"), MODES)
    def test_a_repetition_leaves_the_row_of_the_stream_as_it_is(self, before: int, expected: Any) -> None:
        self.store.append("Account-1", several(before))
        self.store.append("Account-1", [event := noted()], expected)
        row = self.stream_row("Account-1")
        self.store.append("Account-1", [event], expected)
        assert self.stream_row("Account-1") == row

    @pytest.mark.parametrize("expected", [ANY, NO_STREAM])
    def test_the_first_result_comes_again_after_later_appends(self, expected: Any) -> None:
        events = several(2)
        first = self.store.append("Account-1", events, expected)
        self.store.append("Account-1", several(3))
        assert self.store.append("Account-1", events, expected) == replace(first, replayed=True)

    @pytest.mark.parametrize("count", [1, 2])
    def test_a_repetition_inside_a_transaction_returns_the_first_result(self, count: int) -> None:
        events = several(count)
        first = self.store.append("Account-1", events, NO_STREAM)
        with transaction.atomic(using=self.using):
            again = self.store.append("Account-1", events, NO_STREAM)
            self.store.append("Account-2", several(1))
        assert again.events == first.events
        assert self.store.get_stream_version("Account-2") == 1

    def test_a_repetition_may_be_made_of_new_objects_without_a_time(self) -> None:
        first = self.store.append("Account-1", [noted(event_id=(event_id := uuid4()))])
        again = self.store.append("Account-1", [noted(event_id=event_id)])
        assert again == replace(first, replayed=True)

    @pytest.mark.parametrize("change", OTHER_CONTENT.values(), ids=OTHER_CONTENT)
    @pytest.mark.parametrize("expected", [ANY, NO_STREAM])
    def test_a_known_id_with_other_content_is_refused(self, change: dict[str, Any], expected: Any) -> None:
        event = noted(metadata={"source": "a"}, occurred_at=MOMENT)
        self.store.append("Account-1", [event])
        with pytest.raises(DuplicateEventError) as caught:
            self.store.append("Account-1", [replace(event, **change)], expected)
        assert (caught.value.stream_id, caught.value.event_ids) == ("Account-1", (event.event_id,))
        assert self.store.get_stream_version("Account-1") == 1

    @pytest.mark.parametrize(("first", "other"), [(1, 1.0), (1, True), (1.0, True), (0, False), (0, 0.0), (1, "1")])
    def test_numbers_of_other_types_are_other_content(self, first: object, other: object) -> None:
        event = NewEvent("Noted", {"value": [first]}, metadata={"value": [first]})
        self.store.append("Account-1", [event])
        for changed in (replace(event, payload={"value": [other]}), replace(event, metadata={"value": [other]})):
            with pytest.raises(DuplicateEventError):
                self.store.append("Account-1", [changed])

    def test_the_order_of_keys_is_no_difference(self) -> None:
        event = NewEvent("Noted", {"a": 1, "b": {"c": 2, "d": 3}})
        self.store.append("Account-1", [event])
        again = self.store.append("Account-1", [replace(event, payload={"b": {"d": 3, "c": 2}, "a": 1})])
        assert again.replayed

    def test_the_same_moment_in_another_time_zone_is_no_difference(self) -> None:
        event = noted(occurred_at=MOMENT)
        self.store.append("Account-1", [event])
        elsewhere = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=45)))
        assert self.store.append("Account-1", [replace(event, occurred_at=elsewhere)]).replayed

    def test_special_values_are_recognised(self) -> None:
        event = NewEvent("Noted", {"price": Decimal("1.10"), "at": MOMENT, "id": uuid4(), "day": MOMENT.date()})
        self.store.append("Account-1", [event])
        assert self.store.append("Account-1", [event]).replayed

    def test_metadata_from_the_context_is_no_difference(self) -> None:
        event = noted(metadata={"source": "a"})
        with event_metadata(correlation_id="c-1", causation_id="e-1", request_id="r-1", user="7"):
            first = self.store.append("Account-1", [event])
        with event_metadata(request_id="r-2"):
            again = self.store.append("Account-1", [event])
        assert again == replace(first, replayed=True)
        assert again.events[0].metadata["request_id"] == "r-1"

    def test_a_correlation_id_given_with_the_event_is_content(self) -> None:
        event = noted(metadata={"correlation_id": "c-1"})
        self.store.append("Account-1", [event])
        with pytest.raises(DuplicateEventError):
            self.store.append("Account-1", [replace(event, metadata={"correlation_id": "c-2"})])

    # A part of the ids

    @pytest.mark.parametrize("expected", [ANY, 1])
    def test_a_known_and_a_new_event_are_refused(self, expected: Any) -> None:
        known, new = several(2)
        self.store.append("Account-1", [known])
        for events in ([known, new], [new, known]):
            with pytest.raises(DuplicateEventError) as caught:
                self.store.append("Account-1", events, expected)
            assert caught.value.event_ids == (known.event_id,)
        assert self.store.get_stream_version("Account-1") == 1

    def test_the_same_events_in_another_order_are_refused(self) -> None:
        events = several(2)
        self.store.append("Account-1", events)
        with pytest.raises(DuplicateEventError):
            self.store.append("Account-1", events[::-1])

    @pytest.mark.parametrize("count", [1, 2])
    def test_a_duplicate_leaves_the_callers_transaction_usable(self, count: int) -> None:
        events = several(count)
        self.store.append("Account-1", events)
        with transaction.atomic(using=self.using):
            with pytest.raises(DuplicateEventError):
                self.store.append("Account-1", [replace(event, event_type="Other") for event in events])
            self.store.append("Account-2", several(1))
        assert self.store.get_stream_version("Account-2") == 1

    # Several streams

    def test_an_id_may_stand_in_two_streams(self) -> None:
        event = noted()
        first = self.store.append("Account-1", [event], NO_STREAM)
        second = self.store.append("Account-2", [event], NO_STREAM)
        assert not second.replayed
        assert first.events[0].position != second.events[0].position

    def test_an_id_may_stand_in_two_streams_of_one_batch(self) -> None:
        event = noted()
        operations = [AppendOperation("B-1", [event]), AppendOperation("A-1", [event])]
        first = self.store.append_batch(operations)
        assert [result.events[0].stream_id for result in first] == ["B-1", "A-1"]
        assert self.store.append_batch(operations) == [replace(result, replayed=True) for result in first]

    def test_a_repeated_batch_returns_the_first_results(self) -> None:
        self.store.append("C-1", several(2))
        operations = [
            AppendOperation("B-1", several(2), NO_STREAM),
            AppendOperation("A-1", several(1), NO_STREAM),
            AppendOperation("B-1", several(1), 2),
            AppendOperation("C-1", [], 2),
        ]
        first = self.store.append_batch(operations)
        again = self.store.append_batch(operations)
        assert [result.replayed for result in again] == [True, True, True, False]
        assert [(result.version, result.events) for result in again] == [
            (result.version, result.events) for result in first
        ]

    def test_a_batch_of_which_one_stream_is_known_is_refused(self) -> None:
        known = several(2)
        self.store.append("A-1", known)
        with pytest.raises(DuplicateEventError) as caught:
            self.store.append_batch([AppendOperation("A-1", known), AppendOperation("B-1", several(1))])
        assert set(caught.value.event_ids) == {event.event_id for event in known}
        assert not self.has_stream_row("B-1")

    def test_an_id_used_twice_in_one_call_is_refused_before_any_sql(self) -> None:
        event = noted()
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append("Account-1", [event, noted(), event])
        assert (caught.value.index, caught.value.path) == (2, "event_id")
