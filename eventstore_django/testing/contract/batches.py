"""Appending to several streams in one call: all or nothing."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from ...exceptions import ConcurrencyError, InvalidEvent, InvalidExpectedVersion, InvalidStreamName
from ...models import Event
from ...operations import AppendOperation
from ...versions import ANY, NO_STREAM, STREAM_EXISTS
from .case import ContractCase, noted, numbers, several


class BatchContract(ContractCase):
    """``EventStore.append_batch``."""

    def test_a_batch_returns_a_result_for_each_operation_in_order(self) -> None:
        operations = [AppendOperation(name, several(count)) for name, count in (("C-1", 1), ("A-1", 3), ("B-1", 2))]
        results = self.store.append_batch(operations)
        assert [(result.stream_id, result.version) for result in results] == [("C-1", 1), ("A-1", 3), ("B-1", 2)]

    def test_the_results_hold_what_readers_get(self) -> None:
        operations = [AppendOperation("B-1", several(2)), AppendOperation("A-1", several(1))]
        for result in self.store.append_batch(operations):
            assert list(result.events) == self.store.get_events(result.stream_id)

    def test_positions_ascend_in_the_order_of_the_call(self) -> None:
        names = ["C-1", "A-1", "B-1", "A-1", "C-1"]
        results = self.store.append_batch([AppendOperation(name, several(3)) for name in names])
        positions = [event.position for result in results for event in result.events]
        assert positions == sorted(set(positions))
        assert len(positions) == 15

    def test_a_batch_without_operations_does_nothing(self) -> None:
        assert self.store.append_batch([]) == []

    def test_a_batch_may_be_any_iterable(self) -> None:
        results = self.store.append_batch(AppendOperation(name, several(1)) for name in ("A-1", "B-1"))
        assert [result.version for result in results] == [1, 1]

    def test_the_manager_appends_a_batch_like_the_store(self) -> None:
        manager = Event.objects.db_manager(self.using)
        results = manager.append_batch([AppendOperation("A-1", several(1)), AppendOperation("B-1", several(2))])
        assert [result.version for result in results] == [1, 2]
        assert self.store.get_stream_version("B-1") == 2

    # All or nothing

    def test_one_conflict_keeps_everything_out(self) -> None:
        self.store.append("B-1", several(1))
        operations = [
            AppendOperation("A-1", several(1)),
            AppendOperation("B-1", several(1), NO_STREAM),
            AppendOperation("C-1", several(1)),
        ]
        with pytest.raises(ConcurrencyError):
            self.store.append_batch(operations)
        assert [self.store.get_stream_version(name) for name in ("A-1", "B-1", "C-1")] == [0, 1, 0]
        assert not self.has_stream_row("A-1")

    def test_a_conflict_tells_of_every_failing_stream(self) -> None:
        self.store.append("A-1", several(1))
        self.store.append("C-1", several(2))
        operations = [
            AppendOperation("C-1", several(1), 7),
            AppendOperation("B-1", several(1), STREAM_EXISTS),
            AppendOperation("D-1", several(1), ANY),
            AppendOperation("A-1", several(1), NO_STREAM),
        ]
        with pytest.raises(ConcurrencyError) as caught:
            self.store.append_batch(operations)
        assert set(caught.value.conflicts) == {("C-1", 7, 2), ("B-1", STREAM_EXISTS, 0), ("A-1", 0, 1)}
        first = (caught.value.stream_id, caught.value.expected, caught.value.actual)
        assert first == caught.value.conflicts[0]

    def test_a_conflict_in_a_batch_leaves_the_callers_transaction_usable(self) -> None:
        with transaction.atomic(using=self.using):
            with pytest.raises(ConcurrencyError):
                self.store.append_batch([AppendOperation("A-1", several(1)), AppendOperation("B-1", several(1), 5)])
            self.store.append("A-1", [noted(7)], NO_STREAM)
        assert numbers(self.store.get_events("A-1")) == [7]

    # A stream named twice

    def test_a_stream_may_be_named_twice(self) -> None:
        self.store.append("A-1", several(1))
        operations = [
            AppendOperation("A-1", [noted(2), noted(3)], 1),
            AppendOperation("B-1", several(1)),
            AppendOperation("A-1", [noted(4)], 3),
        ]
        assert [result.version for result in self.store.append_batch(operations)] == [3, 1, 4]
        assert numbers(self.store.get_events("A-1")) == [1, 2, 3, 4]

    def test_a_stream_named_twice_may_be_new(self) -> None:
        operations = [AppendOperation("A-1", several(2), NO_STREAM), AppendOperation("A-1", several(1), STREAM_EXISTS)]
        assert [result.version for result in self.store.append_batch(operations)] == [2, 3]

    def test_the_second_operation_on_a_stream_must_expect_what_the_first_leaves(self) -> None:
        operations = [AppendOperation("A-1", several(2), NO_STREAM), AppendOperation("A-1", several(1), NO_STREAM)]
        with pytest.raises(ConcurrencyError) as caught:
            self.store.append_batch(operations)
        assert caught.value.conflicts == (("A-1", 0, 2),)
        assert not self.has_stream_row("A-1")

    def test_a_stream_that_fails_twice_is_told_of_once(self) -> None:
        operations = [AppendOperation("A-1", several(1), 5), AppendOperation("A-1", several(1), 9)]
        with pytest.raises(ConcurrencyError) as caught:
            self.store.append_batch(operations)
        assert caught.value.conflicts == (("A-1", 5, 0),)

    # Operations without events

    @pytest.mark.parametrize("expected", [3, ANY, STREAM_EXISTS])
    def test_an_operation_without_events_lets_the_batch_pass(self, expected: Any) -> None:
        self.store.append("A-1", several(3))
        checked, written = self.store.append_batch(
            [AppendOperation("A-1", expected_version=expected), AppendOperation("B-1", several(1))]
        )
        assert (checked.version, checked.events) == (3, ())
        assert written.version == 1
        assert self.store.get_stream_version("A-1") == 3

    @pytest.mark.parametrize("expected", [0, 2, 4])
    def test_an_operation_without_events_keeps_the_batch_out(self, expected: int) -> None:
        self.store.append("A-1", several(3))
        with pytest.raises(ConcurrencyError) as caught:
            self.store.append_batch([AppendOperation("B-1", several(1)), AppendOperation("A-1", [], expected)])
        assert caught.value.conflicts == (("A-1", expected, 3),)
        assert not self.store.stream_exists("B-1")

    @pytest.mark.parametrize("expected", [ANY, NO_STREAM])
    def test_a_check_of_a_new_stream_leaves_no_row_of_it(self, expected: Any) -> None:
        checked, _ = self.store.append_batch(
            [AppendOperation("A-1", [], expected), AppendOperation("B-1", several(1), NO_STREAM)]
        )
        assert (checked.version, checked.events) == (0, ())
        assert not self.has_stream_row("A-1")
        assert self.store.get_stream_version("B-1") == 1

    def test_a_failed_check_of_a_new_stream_leaves_no_rows(self) -> None:
        with pytest.raises(ConcurrencyError):
            self.store.append_batch([AppendOperation("A-1", [], NO_STREAM), AppendOperation("B-1", [], 1)])
        assert not self.has_stream_row("A-1")
        assert not self.has_stream_row("B-1")

    def test_a_stream_may_be_checked_and_then_written(self) -> None:
        operations = [AppendOperation("A-1", [], NO_STREAM), AppendOperation("A-1", several(2), NO_STREAM)]
        assert [result.version for result in self.store.append_batch(operations)] == [0, 2]

    # What is refused before any SQL

    def test_an_invalid_event_is_named_by_operation_and_index(self) -> None:
        operations = [AppendOperation("A-1", several(2)), AppendOperation("B-1", [noted(), noted(metadata={"a": {1}})])]
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append_batch(operations)
        assert (caught.value.operation, caught.value.index, caught.value.path) == (1, 1, "metadata.a")

    def test_an_illegal_name_in_a_batch_is_refused_before_any_sql(self) -> None:
        with self.nothing_sent(), pytest.raises(InvalidStreamName):
            self.store.append_batch([AppendOperation("A-1", several(1)), AppendOperation("$all", several(1))])

    def test_a_wrong_expected_version_in_a_batch_is_refused_before_any_sql(self) -> None:
        with self.nothing_sent(), pytest.raises(InvalidExpectedVersion):
            self.store.append_batch([AppendOperation("A-1", several(1)), AppendOperation("B-1", several(1), -1)])

    def test_an_id_used_twice_for_one_stream_is_named_by_operation_and_index(self) -> None:
        event = noted()
        operations = [AppendOperation("A-1", [noted(), event]), AppendOperation("A-1", [event])]
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append_batch(operations)
        assert (caught.value.operation, caught.value.index, caught.value.path) == (1, 0, "event_id")
