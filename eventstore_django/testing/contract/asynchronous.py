"""The async twins: the same calls, awaited."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import async_to_sync

from ...context import event_metadata
from ...events import RecordedEvent
from ...exceptions import ConcurrencyError, DuplicateEventError, InvalidEvent
from ...models import Event
from ...operations import AppendOperation
from ...versions import NO_STREAM
from .case import ContractCase, noted, numbers, several


@async_to_sync
async def _listed(events: AsyncIterator[RecordedEvent]) -> list[RecordedEvent]:
    return [event async for event in events]


class AsyncContract(ContractCase):
    """Every method with an ``a`` before its name."""

    def test_aappend_appends(self) -> None:
        result = async_to_sync(self.store.aappend)("A-1", several(2), expected_version=NO_STREAM)
        assert list(result.events) == self.store.get_events("A-1")
        assert result.version == 2

    def test_aappend_repeats_the_first_result(self) -> None:
        events = several(2)
        first = async_to_sync(self.store.aappend)("A-1", events)
        again = async_to_sync(self.store.aappend)("A-1", events)
        assert (again.replayed, again.events) == (True, first.events)

    def test_aappend_raises_what_append_raises(self) -> None:
        event = noted()
        self.store.append("A-1", [event])
        append = async_to_sync(self.store.aappend)
        with pytest.raises(ConcurrencyError):
            append("A-1", several(1), NO_STREAM)
        with pytest.raises(DuplicateEventError):
            append("A-1", [noted(2, event_id=event.event_id)])
        with pytest.raises(InvalidEvent):
            append("A-1", [noted(metadata={"a": {1}})])
        assert self.store.get_stream_version("A-1") == 1

    def test_aappend_takes_the_metadata_of_its_context(self) -> None:
        async def appended() -> RecordedEvent:
            with event_metadata(correlation_id="c-1"):
                return (await self.store.aappend("A-1", [noted()])).events[0]

        assert async_to_sync(appended)().metadata == {"correlation_id": "c-1"}

    def test_aappend_batch_appends_all_or_nothing(self) -> None:
        batch = async_to_sync(self.store.aappend_batch)
        results = batch([AppendOperation("B-1", several(2)), AppendOperation("A-1", several(1))])
        assert [result.version for result in results] == [2, 1]
        with pytest.raises(ConcurrencyError):
            batch([AppendOperation("C-1", several(1)), AppendOperation("A-1", several(1), 5)])
        assert not self.store.stream_exists("C-1")

    def test_the_manager_has_the_twins_of_its_appends(self) -> None:
        manager = Event.objects.db_manager(self.using)
        result = async_to_sync(manager.aappend)("A-1", several(1))
        results = async_to_sync(manager.aappend_batch)([AppendOperation("A-1", several(1), 1)])
        assert [*result.events, *results[0].events] == self.store.get_events("A-1")

    def test_the_reads_have_twins(self) -> None:
        start = self.next_position()
        events = list(self.store.append("A-1", several(3)).events)
        assert async_to_sync(self.store.aget_events)("A-1", 2) == events[1:]
        assert async_to_sync(self.store.aget_events)("A-1", from_version=1, to_version=1) == events[:1]
        assert async_to_sync(self.store.aget_stream_version)("A-1") == 3
        assert async_to_sync(self.store.astream_exists)("A-1") is True
        assert async_to_sync(self.store.astream_exists)("A-2") is False
        assert async_to_sync(self.store.aget_all_events)(start, limit=2) == events[:2]
        assert async_to_sync(self.store.aget_category_events)("A", start) == events
        assert async_to_sync(self.store.ahead_position)() == events[-1].position

    @pytest.mark.parametrize("count", [0, 1, 3, 8])
    @pytest.mark.parametrize("backwards", [False, True])
    def test_a_stream_is_walked(self, count: int, backwards: bool) -> None:
        self.store.append("A-1", several(count))
        with self.configured(READ_BATCH_SIZE=3):
            found = _listed(self.store.aiter_events("A-1", backwards=backwards))
        assert numbers(found) == sorted(range(1, count + 1), reverse=backwards)

    @pytest.mark.parametrize("backwards", [False, True])
    def test_the_log_is_walked(self, backwards: bool) -> None:
        for number, name in enumerate(["t/A/1", "u/A/1", "t/B/1"] * 3):
            self.store.append(name, [noted(number)])
        with self.configured(READ_BATCH_SIZE=2):
            found = _listed(self.store.aiter_all_events(partition="t", category="A", backwards=backwards))
        assert numbers(found) == sorted([0, 3, 6], reverse=backwards)

    def test_a_walk_may_be_left_early(self) -> None:
        self.store.append("A-1", several(9))

        async def first() -> RecordedEvent | None:
            async for event in self.store.aiter_events("A-1", 4):
                return event
            return None

        event = async_to_sync(first)()
        assert event is not None
        assert event.event_version == 4
