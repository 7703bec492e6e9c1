"""Reading in bounded memory, forwards and backwards."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from typing import Any

import pytest

from ...exceptions import InvalidStreamName
from .case import ContractCase, noted, numbers, several

PAGE = 3

FORWARDS = [
    (None, None, [1, 2, 3, 4, 5, 6, 7]),
    (1, 7, [1, 2, 3, 4, 5, 6, 7]),
    (2, 6, [2, 3, 4, 5, 6]),
    (7, None, [7]),
    (None, 1, [1]),
    (3, 3, [3]),
    (8, None, []),
    (4, 3, []),
]
BACKWARDS = [
    (None, None, [7, 6, 5, 4, 3, 2, 1]),
    (7, 1, [7, 6, 5, 4, 3, 2, 1]),
    (6, 2, [6, 5, 4, 3, 2]),
    (1, None, [1]),
    (None, 7, [7]),
    (3, 3, [3]),
    (0, None, []),
    (3, 4, []),
]
BOTH = [(False, *row) for row in FORWARDS] + [(True, *row) for row in BACKWARDS]
LOG = [
    (False, 1, 7, [1, 2, 3, 4, 5, 6, 7]),
    (False, 2, 7, [2, 3, 4, 5, 6, 7]),
    (False, 3, 3, [3]),
    (False, 4, 3, []),
    (True, 7, 1, [7, 6, 5, 4, 3, 2, 1]),
    (True, 6, 1, [6, 5, 4, 3, 2, 1]),
    (True, 3, 3, [3]),
    (True, 3, 4, []),
]


class IteratorContract(ContractCase):
    """``iter_events`` and ``iter_all_events``."""

    @pytest.mark.parametrize(("backwards", "start", "end", "expected"), BOTH)
    def test_a_stream_is_walked_in_pages(self, backwards: bool, start: Any, end: Any, expected: list[int]) -> None:
        self.store.append("Account-1", several(7))
        self.store.append("Account-2", several(9))
        with self.configured(READ_BATCH_SIZE=PAGE):
            found = list(self.store.iter_events("Account-1", start, end, backwards=backwards))
        assert numbers(found) == expected

    @pytest.mark.parametrize(("backwards", "start", "end", "expected"), LOG)
    def test_the_log_is_walked_in_pages(self, backwards: bool, start: int, end: int, expected: list[int]) -> None:
        # The bounds count the events written here; positions have holes.
        places = [self.store.append(f"{'AB'[number % 2]}-1", [noted(number)]).events[0].position for number in range(9)]
        with self.configured(READ_BATCH_SIZE=PAGE):
            found = list(self.store.iter_all_events(places[start], places[end], backwards=backwards))
            as_stream = list(self.store.iter_events("$all", places[start], places[end], backwards=backwards))
        assert numbers(found) == expected
        assert as_stream == found

    def test_the_log_is_walked_to_its_end(self) -> None:
        start = self.next_position()
        written = self.store.append("Account-1", several(7)).events
        with self.configured(READ_BATCH_SIZE=PAGE):
            assert list(self.store.iter_all_events(start)) == list(written)
            assert list(self.store.iter_all_events(to_position=start, backwards=True)) == list(written[::-1])

    @pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 6, 7])
    @pytest.mark.parametrize("backwards", [False, True])
    def test_every_number_of_events_is_walked_with_few_statements(self, count: int, backwards: bool) -> None:
        self.store.append("Account-1", several(count))
        with self.configured(READ_BATCH_SIZE=PAGE), self.captured() as queries:
            found = list(self.store.iter_events("Account-1", backwards=backwards))
        assert sorted(numbers(found)) == list(range(1, count + 1))
        assert len(queries) <= count // PAGE + 1

    @pytest.mark.parametrize("backwards", [False, True])
    def test_the_log_is_walked_with_few_statements(self, backwards: bool) -> None:
        self.store.append("Account-1", several(7))
        with self.configured(READ_BATCH_SIZE=PAGE), self.captured() as queries:
            found = list(self.store.iter_all_events(category="Account", backwards=backwards))
        assert len(found) == 7
        assert len(queries) <= 2 * (7 // PAGE + 1)

    def test_an_iterator_reads_no_further_than_it_is_asked(self) -> None:
        self.store.append("Account-1", several(50))
        with self.configured(READ_BATCH_SIZE=PAGE), self.captured() as queries:
            events = self.store.iter_events("Account-1")
            assert len(queries) == 0
            assert numbers([next(events), next(events), next(events)]) == [1, 2, 3]
            assert len(queries) == 1

    def test_a_walk_goes_on_to_what_was_appended_meanwhile(self) -> None:
        start = self.store.append("Account-1", several(4)).events[0].position
        with self.configured(READ_BATCH_SIZE=PAGE):
            stream = self.store.iter_events("Account-1")
            log = self.store.iter_all_events(start)
            seen = numbers([next(stream)]), numbers([next(log)])
            self.store.append("Account-1", [noted(5), noted(6)])
            assert seen == ([1], [1])
            assert numbers(list(stream)) == [2, 3, 4, 5, 6]
            assert numbers(list(log)) == [2, 3, 4, 5, 6]

    def test_a_walk_backwards_is_not_disturbed_by_appends(self) -> None:
        self.store.append("Account-1", several(4))
        with self.configured(READ_BATCH_SIZE=PAGE):
            events = self.store.iter_events("Account-1", backwards=True)
            first = next(events)
            self.store.append("Account-1", [noted(5)])
            assert numbers([first, *events]) == [4, 3, 2, 1]

    def test_a_category_is_walked(self) -> None:
        start = self.next_position()
        for number, name in enumerate(["A-1", "B-1", "t/A/1", "Ab-1", "A:9"] * 3):
            self.store.append(name, [noted(number)])
        with self.configured(READ_BATCH_SIZE=2):
            found = list(self.store.iter_all_events(start, category="A"))
        assert numbers(found) == [number for number in range(15) if number % 5 in (0, 2, 4)]

    @pytest.mark.parametrize("backwards", [False, True])
    def test_a_partition_is_walked_without_its_neighbours(self, backwards: bool) -> None:
        for number, name in enumerate(["tenant-1/A/1", "tenant-10/A/1", "tenant-1/B/1", "tenant-1-A"] * 3):
            self.store.append(name, [noted(number)])
        with self.configured(READ_BATCH_SIZE=2):
            found = list(self.store.iter_all_events(partition="tenant-1", backwards=backwards))
            both = list(self.store.iter_all_events(partition="tenant-1", category="A", backwards=backwards))
        assert sorted(numbers(found)) == [0, 2, 4, 6, 8, 10]
        assert numbers(found) == sorted(numbers(found), reverse=backwards)
        assert sorted(numbers(both)) == [0, 4, 8]

    def test_a_stream_that_does_not_exist_is_walked_at_once(self) -> None:
        assert list(self.store.iter_events("Account-1")) == []
        assert list(self.store.iter_events("Account-1", backwards=True)) == []

    def test_an_illegal_name_is_refused_before_the_walk(self) -> None:
        with pytest.raises(InvalidStreamName):
            self.store.iter_events("$other")
