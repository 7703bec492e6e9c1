"""Appending to one stream: expected versions, conflicts, and what a result tells."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from ...backends import backend_for
from ...events import NewEvent
from ...exceptions import ConcurrencyError, InvalidEvent, InvalidExpectedVersion
from ...models import Event
from ...names import StreamName
from ...versions import ANY, NO_STREAM, STREAM_EXISTS
from .case import ContractCase, noted, numbers, several

NOT_EXPECTED_VERSIONS = [True, False, -1, -2, "1", "", 2.0, 2**63, b"1", [1], object()]


class AppendContract(ContractCase):
    """``EventStore.append``."""

    def test_append_numbers_the_events_of_a_stream_from_1(self) -> None:
        self.store.append("Account-1", several(2))
        result = self.store.append("Account-1", several(2))
        assert result.version == 4
        assert [event.event_version for event in result.events] == [3, 4]

    def test_append_returns_what_a_reader_gets(self) -> None:
        result = self.store.append("Account-1", several(3))
        assert (result.stream_id, result.replayed) == ("Account-1", False)
        assert list(result.events) == self.store.get_events("Account-1")

    def test_append_of_one_event_returns_what_a_reader_gets(self) -> None:
        result = self.store.append("tenant-1/Account/1", [noted(metadata={"a": 1})])
        assert list(result.events) == self.store.get_events("tenant-1/Account/1")

    def test_positions_ascend_in_the_order_of_the_events(self) -> None:
        positions = [event.position for event in self.store.append("Account-1", several(20)).events]
        assert positions == sorted(set(positions))

    def test_positions_of_later_appends_are_higher(self) -> None:
        first = self.store.append("B-1", several(2)).events[-1].position
        assert self.store.append("A-1", several(1)).events[0].position > first

    def test_later_changes_to_the_callers_payload_do_not_reach_the_result(self) -> None:
        payload: dict[str, Any] = {"items": [1]}
        result = self.store.append("Account-1", [NewEvent("Noted", payload)])
        payload["items"].append(2)
        assert result.events[0].payload == {"items": [1]}

    def test_append_takes_any_iterable_of_events(self) -> None:
        result = self.store.append("Account-1", (noted(number) for number in (1, 2)))
        assert numbers(result.events) == [1, 2]

    def test_the_manager_appends_like_the_store(self) -> None:
        result = Event.objects.db_manager(self.using).append("Account-1", several(2), expected_version=NO_STREAM)
        assert list(result.events) == self.store.get_events("Account-1")

    def test_append_inside_a_transaction_takes_no_more_statements_than_declared(self) -> None:
        self.store.append("Account-1", several(1))
        with self.captured() as queries:
            self.store.append("Account-1", [noted()], expected_version=1)
        assert len(queries) <= self.append_queries

    # Expected versions

    @pytest.mark.parametrize("expected", [None, ANY])
    @pytest.mark.parametrize("before", [0, 2])
    def test_any_accepts_every_version(self, expected: Any, before: int) -> None:
        self.store.append("Account-1", several(before))
        assert self.store.append("Account-1", several(1), expected).version == before + 1

    @pytest.mark.parametrize("expected", [0, NO_STREAM])
    def test_no_stream_accepts_a_stream_without_events(self, expected: Any) -> None:
        assert self.store.append("Account-1", several(2), expected).version == 2

    @pytest.mark.parametrize("expected", [0, NO_STREAM])
    @pytest.mark.parametrize("count", [1, 2])
    def test_no_stream_refuses_a_stream_with_events(self, expected: Any, count: int) -> None:
        self.store.append("Account-1", several(2))
        self.assert_conflict("Account-1", count, expected, told=0, actual=2)

    @pytest.mark.parametrize("count", [1, 2])
    def test_stream_exists_refuses_a_stream_without_events(self, count: int) -> None:
        self.assert_conflict("Account-1", count, STREAM_EXISTS, told=STREAM_EXISTS, actual=0)

    @pytest.mark.parametrize("count", [1, 2])
    def test_stream_exists_refuses_a_row_without_events(self, count: int) -> None:
        backend_for(self.using).stream_row(StreamName.parse("Account-1")).save(using=self.using)
        self.assert_conflict("Account-1", count, STREAM_EXISTS, told=STREAM_EXISTS, actual=0)

    @pytest.mark.parametrize("before", [1, 3])
    def test_stream_exists_accepts_a_stream_with_events(self, before: int) -> None:
        self.store.append("Account-1", several(before))
        assert self.store.append("Account-1", several(1), STREAM_EXISTS).version == before + 1

    @pytest.mark.parametrize("count", [1, 2])
    def test_a_number_accepts_exactly_that_version(self, count: int) -> None:
        self.store.append("Account-1", several(3))
        assert self.store.append("Account-1", several(count), 3).version == 3 + count

    @pytest.mark.parametrize("expected", [1, 2, 4, 2**63 - 1])
    @pytest.mark.parametrize("count", [1, 2])
    def test_a_number_refuses_every_other_version(self, expected: int, count: int) -> None:
        self.store.append("Account-1", several(3))
        self.assert_conflict("Account-1", count, expected, told=expected, actual=3)

    @pytest.mark.parametrize("count", [1, 2])
    def test_a_number_refuses_a_stream_without_events(self, count: int) -> None:
        self.assert_conflict("Account-1", count, 1, told=1, actual=0)

    @pytest.mark.parametrize("expected", NOT_EXPECTED_VERSIONS, ids=repr)
    def test_what_is_no_expected_version_is_refused_before_any_sql(self, expected: Any) -> None:
        with self.nothing_sent(), pytest.raises(InvalidExpectedVersion):
            self.store.append("Account-1", several(1), expected)

    def test_the_expected_version_concerns_one_stream_only(self) -> None:
        self.store.append("Account-1", several(3))
        assert self.store.append("Account-10", several(1), NO_STREAM).version == 1

    # Conflicts

    def assert_conflict(self, stream_id: str, count: int, expected: Any, *, told: object, actual: int) -> None:
        """Demand a conflict that tells all and writes nothing."""
        before = self.store.get_events(stream_id)
        with pytest.raises(ConcurrencyError) as caught:
            self.store.append(stream_id, several(count), expected)
        error = caught.value
        assert (error.stream_id, error.expected, error.actual) == (stream_id, told, actual)
        assert error.conflicts == ((stream_id, told, actual),)
        assert self.store.get_events(stream_id) == before
        assert self.store.get_stream_version(stream_id) == actual

    @pytest.mark.parametrize("expected", [1, STREAM_EXISTS])
    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_a_conflict_on_a_new_stream_leaves_no_row_of_it(self, expected: Any, count: int) -> None:
        with pytest.raises(ConcurrencyError):
            self.store.append("Account-1", several(count), expected)
        assert not self.has_stream_row("Account-1")

    @pytest.mark.parametrize("count", [1, 2])
    def test_a_conflict_leaves_the_callers_transaction_usable(self, count: int) -> None:
        self.store.append("Account-1", several(1))
        with transaction.atomic(using=self.using):
            with pytest.raises(ConcurrencyError):
                self.store.append("Account-1", several(count), NO_STREAM)
            self.store.append("Account-2", [noted(7)])
        assert numbers(self.store.get_events("Account-2")) == [7]

    # No events

    @pytest.mark.parametrize("before", [0, 2])
    def test_an_empty_list_writes_nothing_and_returns_the_version(self, before: int) -> None:
        self.store.append("Account-1", several(before))
        result = self.store.append("Account-1", [])
        assert (result.version, result.events, result.replayed) == (before, (), False)
        assert self.store.get_stream_version("Account-1") == before

    @pytest.mark.parametrize("expected", [ANY, NO_STREAM])
    def test_an_empty_list_leaves_no_row_of_a_new_stream(self, expected: Any) -> None:
        self.store.append("Account-1", [], expected)
        assert not self.has_stream_row("Account-1")

    def test_an_empty_list_checks_the_expected_version(self) -> None:
        self.store.append("Account-1", several(2))
        with pytest.raises(ConcurrencyError):
            self.store.append("Account-1", [], 1)

    # What is no list of events

    @pytest.mark.parametrize(
        "events", [noted(), "Noted", {"event_type": "Noted"}, 1, None], ids=lambda it: type(it).__name__
    )
    def test_what_is_no_list_is_refused_before_any_sql(self, events: Any) -> None:
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append("Account-1", events)
        assert caught.value.path == "events"

    @pytest.mark.parametrize("item", [{"event_type": "Noted"}, "Noted", None, 1], ids=repr)
    def test_a_list_of_something_else_is_refused_with_the_index(self, item: Any) -> None:
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append("Account-1", [noted(), item])
        assert caught.value.index == 1
