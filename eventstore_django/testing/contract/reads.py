"""Reading a stream, a category and the whole log."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from ...events import RecordedEvent
from .case import ContractCase, noted, numbers, several

RANGES = [
    (1, None, [1, 2, 3, 4, 5]),
    (1, 5, [1, 2, 3, 4, 5]),
    (2, 4, [2, 3, 4]),
    (3, 3, [3]),
    (5, None, [5]),
    (4, 99, [4, 5]),
    (0, 2, [1, 2]),
    (-7, 1, [1]),
    (6, None, []),
    (4, 3, []),
    (1, 0, []),
    (2**70, None, []),
    (1, 2**70, [1, 2, 3, 4, 5]),
]


class _Category(StrEnum):
    NAMED = "Account"


class ReadContract(ContractCase):
    """The reads of ``EventStore`` that return lists."""

    # A stream

    @pytest.mark.parametrize(("first", "last", "expected"), RANGES)
    def test_a_range_of_a_stream_includes_both_ends(self, first: int, last: int | None, expected: list[int]) -> None:
        self.store.append("Account-1", several(5))
        self.store.append("Account-2", several(5))
        assert numbers(self.store.get_events("Account-1", first, last)) == expected

    def test_the_bounds_of_a_range_have_names(self) -> None:
        self.store.append("Account-1", several(5))
        assert numbers(self.store.get_events("Account-1", from_version=2, to_version=3)) == [2, 3]

    @pytest.mark.parametrize("second", [2.0, 1.5, Decimal(2)])
    def test_a_range_may_begin_at_another_kind_of_number(self, second: Any) -> None:
        events = self.store.append("Account-1", several(3)).events
        assert numbers(self.store.get_events("Account-1", second)) == [2, 3]
        assert numbers(list(self.store.iter_events("Account-1", second))) == [2, 3]
        before = events[0].position - 1
        assert self.store.get_all_events(type(second)(before) + second) == list(events[1:])

    def test_a_stream_that_does_not_exist_has_no_events(self) -> None:
        assert self.store.get_events("Account-1") == []
        assert self.store.get_stream_version("Account-1") == 0
        assert self.store.stream_exists("Account-1") is False

    def test_reading_makes_no_stream(self) -> None:
        self.store.get_events("Account-1")
        self.store.get_stream_version("Account-1")
        assert not self.has_stream_row("Account-1")

    def test_the_version_of_a_stream_is_the_number_of_its_last_event(self) -> None:
        self.store.append("Account-1", several(3))
        assert self.store.get_stream_version("Account-1") == 3
        assert self.store.stream_exists("Account-1") is True

    def test_a_stream_is_read_in_one_statement(self) -> None:
        self.store.append("Account-1", several(5))
        with self.captured() as queries:
            self.store.get_events("Account-1")
        assert len(queries) == 1

    # One event

    def test_a_recorded_event_tells_all(self) -> None:
        new = noted(7, metadata={"source": "a"}, schema_version=3)
        position = self.store.append("tenant-1/Account/1", [new]).events[0].position
        event = self.store.get_events("tenant-1/Account/1")[0]
        assert (event.position, event.event_id, event.event_version) == (position, new.event_id, 1)
        assert (event.stream_id, event.category, event.partition) == ("tenant-1/Account/1", "Account", "tenant-1")
        assert (event.aggregate_type, event.aggregate_id) == ("Account", "1")
        assert (event.event_type, event.schema_version) == ("Noted", 3)
        assert (event.payload, event.metadata) == ({"number": 7}, {"source": "a"})
        assert event.occurred_at == new.occurred_at

    def test_times_come_back_aware(self) -> None:
        event = self.store.append("Account-1", [noted()]).events[0]
        assert event.created_at.utcoffset() is not None
        read = self.store.get_events("Account-1")[0]
        assert read.created_at == event.created_at
        assert read.occurred_at.utcoffset() is not None

    @pytest.mark.parametrize("name", [field.name for field in fields(RecordedEvent)])
    def test_a_recorded_event_cannot_be_changed(self, name: str) -> None:
        self.store.append("Account-1", [noted()])
        event = self.store.get_events("Account-1")[0]
        with pytest.raises(FrozenInstanceError):
            setattr(event, name, None)

    # Everything

    def test_all_events_come_in_the_order_of_their_appends(self) -> None:
        start = self.next_position()
        for number, name in enumerate(["B-1", "A-1", "C-1", "A-1", "B-1"]):
            self.store.append(name, [noted(number)])
        assert numbers(self.store.get_all_events(start)) == [0, 1, 2, 3, 4]

    def test_a_position_is_included(self) -> None:
        events = self.store.append("Account-1", several(4)).events
        assert self.store.get_all_events(events[1].position) == list(events[1:])

    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 10_000])
    def test_a_limit_is_kept(self, limit: int) -> None:
        start = self.next_position()
        self.store.append("Account-1", several(3))
        assert numbers(self.store.get_all_events(start, limit)) == [1, 2, 3][:limit]
        assert numbers(self.store.get_category_events("Account", start, limit=limit)) == [1, 2, 3][:limit]

    @pytest.mark.parametrize("limit", [0, -1, 10_001])
    def test_a_limit_out_of_range_is_refused(self, limit: int) -> None:
        with self.nothing_sent():
            with pytest.raises(ValueError, match="limit"):
                self.store.get_all_events(1, limit)
            with pytest.raises(ValueError, match="limit"):
                self.store.get_category_events("Account", 1, limit)

    @pytest.mark.parametrize("ahead", [1, 1000, 2**70])
    def test_there_is_nothing_beyond_the_last_event(self, ahead: int) -> None:
        last = self.store.append("Account-1", several(2)).events[-1].position
        assert self.store.get_all_events(last + ahead) == []
        assert self.store.get_category_events("Account", last + ahead) == []

    def test_behind_the_head_nothing_is_looked_for(self) -> None:
        last = self.store.append("Account-1", several(2)).events[-1].position
        with self.captured() as queries:
            assert self.store.get_all_events(last + 1) == []
        assert len(queries) == 1

    @pytest.mark.parametrize("start", [1, 0, -5])
    def test_reading_may_begin_at_the_beginning(self, start: int) -> None:
        written = self.store.append("Account-1", several(2)).events
        assert self.store.get_all_events(start, 10_000)[-2:] == list(written)
        assert self.store.get_all_events()[:1] == self.store.get_all_events(start, 1)

    def test_everything_can_be_read_as_a_stream(self) -> None:
        first = self.store.append("A-1", several(2)).events
        second = self.store.append("B-1", several(2)).events
        read = self.store.get_events("$all", first[0].position)
        assert read == [*first, *second]
        assert self.store.get_events("$all", first[1].position, second[0].position) == [first[1], second[0]]

    def test_a_page_takes_a_bounded_number_of_statements(self) -> None:
        self.store.append("Account-1", several(50))
        with self.captured() as queries:
            self.store.get_all_events()
        assert len(queries) <= 2

    # A category

    def test_a_category_holds_the_events_of_its_streams(self) -> None:
        start = self.next_position()
        for number, name in enumerate(["Account-1", "Account-2", "Account", "t/Account/1", "Account:1"]):
            self.store.append(name, [noted(number)])
        for name in ["Accounts-1", "account-1", "Acc-1", "Account/1", "Acc%-1"]:
            self.store.append(name, [noted(99)])
        assert numbers(self.store.get_category_events("Account", start)) == [0, 1, 2, 3, 4]

    def test_a_category_is_read_from_a_position_on(self) -> None:
        events = self.store.append("Account-1", several(3)).events
        assert self.store.get_category_events("Account", events[1].position) == list(events[1:])
        assert self.store.get_category_events("Account", from_position=events[2].position) == [events[2]]

    def test_a_category_may_be_a_member_of_an_enumeration(self) -> None:
        start = self.next_position()
        self.store.append("Account-1", several(2))
        self.store.append("NAMED-1", several(1))
        assert numbers(self.store.get_category_events(_Category.NAMED, start)) == [1, 2]

    @pytest.mark.parametrize("category", ["Nothing", "", "%", "A%"])
    def test_a_category_without_streams_has_no_events(self, category: str) -> None:
        self.store.append("Account-1", several(1))
        assert self.store.get_category_events(category) == []

    # The head

    def test_the_head_is_the_position_of_the_last_event(self) -> None:
        for name in ("A-1", "B-1"):
            last = self.store.append(name, several(2)).events[-1].position
            assert self.store.head_position() == last

    def test_the_head_does_not_move_by_reading_or_refused_appends(self) -> None:
        head = self.store.append("Account-1", several(2)).events[-1].position
        self.store.get_all_events()
        with pytest.raises(Exception, match="Account-1"):
            self.store.append("Account-1", several(1), 7)
        assert self.store.head_position() == head

    def test_the_store_names_its_connection(self) -> None:
        assert self.store.using == self.using
        assert self.using in repr(self.store)
