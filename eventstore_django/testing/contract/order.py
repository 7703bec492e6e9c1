"""The global order: a reader that goes on from the last position misses nothing and sees nothing twice."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from ...events import RecordedEvent
from ...operations import AppendOperation
from .case import ContractCase, noted, numbers, several

Page = Callable[[int, int], list[RecordedEvent]]


def _read_on(page: Page, start: int, limit: int) -> Iterator[RecordedEvent]:
    """Read as the promise says: page by page, from the last position seen plus one."""
    while events := page(start, limit):
        yield from events
        start = events[-1].position + 1


class _Stop(Exception):
    pass


class OrderContract(ContractCase):
    """The order promise, as far as one connection can show it."""

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
    def test_a_reader_that_goes_on_sees_everything_once(self, limit: int) -> None:
        start = self.next_position()
        for number in range(7):
            self.store.append(f"A-{number % 3}", [noted(number)])
        read = list(_read_on(self.store.get_all_events, start, limit))
        assert numbers(read) == [0, 1, 2, 3, 4, 5, 6]

    @pytest.mark.parametrize("limit", [1, 2, 100])
    def test_a_reader_of_a_category_sees_its_events_once(self, limit: int) -> None:
        start = self.next_position()
        for number in range(9):
            self.store.append(f"{'ABC'[number % 3]}-1", [noted(number)])

        def page(position: int, size: int) -> list[RecordedEvent]:
            return self.store.get_category_events("B", position, size)

        assert numbers(list(_read_on(page, start, limit))) == [1, 4, 7]

    def test_a_reader_that_waits_sees_what_comes(self) -> None:
        start = self.next_position()
        seen: list[int] = []
        for number in range(5):
            self.store.append(f"A-{5 - number}", [noted(number)])
            events = self.store.get_all_events(start)
            seen += numbers(events)
            start = events[-1].position + 1
        assert seen == [0, 1, 2, 3, 4]
        assert self.store.get_all_events(start) == []

    def test_the_order_within_a_stream_is_the_order_of_positions(self) -> None:
        for _ in range(5):
            self.store.append_batch(
                [
                    AppendOperation("B-1", several(2)),
                    AppendOperation("A-1", several(3)),
                    AppendOperation("B-1", several(1)),
                ]
            )
        for name in ("A-1", "B-1"):
            positions = [event.position for event in self.store.get_events(name)]
            assert positions == sorted(set(positions))
            assert len(positions) == 15

    def test_what_was_rolled_back_leaves_at_most_a_hole(self) -> None:
        start = self.store.append("A-1", [noted(0)]).events[0].position
        with pytest.raises(_Stop), transaction.atomic(using=self.using):
            self.store.append("A-1", [noted(99)])
            raise _Stop
        self.store.append("A-1", [noted(1)])
        assert numbers(list(_read_on(self.store.get_all_events, start, 1))) == [0, 1]

    def test_a_position_is_never_above_the_head_after_its_append(self) -> None:
        for _ in range(3):
            last = self.store.append("A-1", several(3)).events[-1].position
            assert last <= self.store.head_position()

    def test_all_ways_of_reading_agree(self) -> None:
        start = self.next_position()
        for number in range(6):
            self.store.append(f"A-{number % 2}", several(2))
        listed = self.store.get_all_events(start)
        assert len(listed) == 12
        assert self.store.get_events("$all", start) == listed
        assert list(self.store.iter_all_events(start)) == listed
        assert self.store.get_category_events("A", start) == listed
        assert list(self.events.settled().after(start - 1).recorded()) == listed
