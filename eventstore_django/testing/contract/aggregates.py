"""Aggregates in and out of the store, with snapshots that can be missing, old, broken or ahead."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import logging
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import Error, connections, transaction

from ...aggregates.aggregate import Aggregate
from ...aggregates.applying import AppliedEvent, applies
from ...aggregates.deciders import Decider
from ...aggregates.snapshots import AggregateSnapshot
from ...aggregates.strategies import IntervalSnapshotStrategy, NeverSnapshotStrategy
from ...encoding import JSONObject
from ...erasure import erasure
from ...events import NewEvent
from ...exceptions import AggregateNotFound, ConcurrencyError
from ...models import Snapshot
from ...repositories.manager import SnapshotManager
from ...repositories.repository import Repository
from .case import ContractCase, noted, several


class Sum(Aggregate, registered=False):
    """Adds up what is noted."""

    aggregate_type = "Sum"

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.numbers: list[int] = []

    @property
    def total(self) -> int:
        """The sum."""
        return sum(self.numbers)

    def note(self, number: int) -> None:
        """Add a number."""
        self.raise_event("Noted", {"number": number})

    @applies("Noted")
    def _noted(self, event: AppliedEvent) -> None:
        self.numbers.append(event.payload["number"])

    def to_snapshot(self) -> JSONObject:
        """Return the numbers."""
        return {"numbers": self.numbers}

    def from_snapshot(self, data: JSONObject) -> None:
        """Take the numbers."""
        self.numbers = list(data["numbers"])


def _no_sum(command: str, state: int) -> list[NewEvent]:
    if command == "twice" and not state:
        raise ValueError("nothing to double")
    return [noted(state if command == "twice" else int(command))]


SUMS = Decider(
    "Sum",
    initial_state=int,
    decide=_no_sum,
    evolve=lambda state, event: state + int(event.payload["number"]),
    to_snapshot=lambda state: {"total": state},
    from_snapshot=lambda data: int(data["total"]),
    registered=False,
)


class AggregateContract(ContractCase):
    """``Repository`` and ``SnapshotManager``."""

    def sums(self, interval: int | None = None) -> Repository[Sum]:
        """A repository that takes a snapshot every so many events, or never."""
        strategy = IntervalSnapshotStrategy(interval) if interval else NeverSnapshotStrategy()
        return Repository(Sum, store=self.store, snapshots=strategy)

    def noted_sum(self, count: int, interval: int | None = None) -> Sum:
        """Store a sum of the numbers from 1 on, one by one."""
        repository, aggregate = self.sums(interval), Sum("1")
        for number in range(1, count + 1):
            aggregate.note(number)
            repository.save(aggregate)
        return aggregate

    def snapshot_versions(self) -> list[int]:
        """The versions of all snapshots."""
        return list(Snapshot.objects.using(self.using).order_by("version").values_list("version", flat=True))

    def put_snapshot(self, version: int, data: JSONObject, schema_version: int = 1) -> None:
        """Store a snapshot of the sum."""
        self.store.save_snapshot(AggregateSnapshot("1", "Sum", version, data, schema_version))

    @pytest.mark.parametrize("interval", [None, 1, 3, 100])
    def test_an_aggregate_is_loaded_as_it_was_saved(self, interval: int | None) -> None:
        saved = self.noted_sum(7, interval)
        loaded = self.sums(interval).get("1")
        assert (loaded.numbers, loaded.version) == (saved.numbers, 7)

    def test_snapshots_are_taken_when_an_append_passes_a_multiple(self) -> None:
        repository, aggregate = self.sums(5), Sum("1")
        for count in (4, 3, 2, 2):
            for _ in range(count):
                aggregate.note(1)
            repository.save(aggregate)
        assert self.snapshot_versions() == [7, 11]

    def test_an_aggregate_is_loaded_at_each_version_from_the_nearest_snapshot(self) -> None:
        self.noted_sum(9, 3)
        for version in range(1, 10):
            assert self.sums().get("1", version=version).numbers == list(range(1, version + 1))

    def test_a_snapshot_spares_the_events_before_it(self) -> None:
        self.noted_sum(3)
        self.put_snapshot(2, {"numbers": [100]})
        assert self.sums().get("1").numbers == [100, 3]
        assert self.sums().get("1", version=1).numbers == [1]

    def test_a_load_takes_two_statements(self) -> None:
        self.noted_sum(5, interval=3)
        with self.captured() as queries:
            self.sums().get("1")
        assert len(queries) == 2

    def test_a_load_from_a_snapshot_of_the_last_event_takes_one_statement(self) -> None:
        self.noted_sum(3, interval=3)
        with self.captured() as queries:
            self.sums().get("1")
        assert len(queries) == 1

    def test_a_snapshot_of_another_schema_version_is_passed_over_for_an_older_one(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.noted_sum(3)
        self.put_snapshot(1, {"numbers": [100]})
        self.put_snapshot(2, {"numbers": [200]}, schema_version=2)
        with caplog.at_level(logging.INFO, "eventstore_django.snapshots"):
            assert self.sums().get("1").numbers == [100, 2, 3]
        assert "schema version 2, not 1" in caplog.text

    @pytest.mark.parametrize("data", [{}, {"numbers": 5}, {"numbers": None}])
    def test_a_snapshot_that_cannot_be_read_is_passed_over(
        self, data: JSONObject, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.noted_sum(3)
        self.put_snapshot(2, data)
        assert self.sums().get("1").numbers == [1, 2, 3]
        assert "can't be read" in caplog.text

    def test_a_snapshot_ahead_of_its_stream_is_passed_over_and_goes_with_the_next_save(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.noted_sum(3)
        self.put_snapshot(2, {"numbers": [100]})
        self.put_snapshot(9, {"numbers": [900]})
        aggregate = self.sums().get("1")
        assert aggregate.numbers == [100, 3]
        assert "ahead of its stream (3)" in caplog.text
        aggregate.note(4)
        self.sums().save(aggregate)
        assert self.snapshot_versions() == [2]

    def test_a_snapshot_that_fails_harms_neither_the_save_nor_the_transaction(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Broken(Sum, registered=False):
            aggregate_type = "Sum"

            def to_snapshot(self) -> JSONObject:
                with connections[self_using].cursor() as cursor:
                    cursor.execute("SELECT nothing FROM nowhere")
                return {}

        self_using = self.using
        repository = Repository(Broken, store=self.store, snapshots=IntervalSnapshotStrategy(1))
        aggregate = Broken("1")
        aggregate.note(1)
        with transaction.atomic(using=self.using):
            assert repository.save(aggregate).version == 1
            assert self.store.append("Other-1", several(1)).version == 1
        assert aggregate.pending_events == ()
        assert (self.store.get_stream_version("Sum-1"), self.snapshot_versions()) == (1, [])
        assert "No snapshot was taken" in caplog.text
        assert any(record.exc_info and isinstance(record.exc_info[1], Error) for record in caplog.records)

    def test_a_snapshot_with_bad_data_harms_nothing(self, caplog: pytest.LogCaptureFixture) -> None:
        class Bad(Sum, registered=False):
            aggregate_type = "Sum"

            def to_snapshot(self) -> JSONObject:
                return {"a": float("nan")}

        aggregate = Bad("1")
        aggregate.note(1)
        Repository(Bad, store=self.store, snapshots=IntervalSnapshotStrategy(1)).save(aggregate)
        assert (aggregate.version, self.snapshot_versions()) == (1, [])
        assert "InvalidSnapshot" in caplog.text

    def test_a_rolled_back_save_takes_its_snapshot_along(self) -> None:
        aggregate = Sum("1")
        aggregate.note(1)
        with pytest.raises(ZeroDivisionError), transaction.atomic(using=self.using):
            self.sums(1).save(aggregate)
            assert self.snapshot_versions() == [1]
            raise ZeroDivisionError
        assert self.snapshot_versions() == []

    def test_what_was_loaded_before_an_erasure_comes_into_no_snapshot(self) -> None:
        self.noted_sum(3)
        repository = self.sums(1)
        before = repository.get("1")
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.redact(self.events.stream("Sum-1").filter(event_version=2), {"number": 0})
        before.note(4)
        repository.save(before)
        snapshot = self.store.get_snapshot("1")
        assert snapshot is not None
        assert (snapshot.version, snapshot.data) == (4, {"numbers": [1, 0, 3, 4]})

    def test_an_aggregate_goes_on_after_its_last_events_were_erased(self) -> None:
        self.noted_sum(3)
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream("Sum-1").filter(event_version__gte=2))
        aggregate = self.sums().get("1")
        assert (aggregate.numbers, aggregate.version) == ([1], 3)
        aggregate.note(4)
        assert self.sums().save(aggregate).version == 4

    def test_an_aggregate_whose_events_were_all_erased_is_gone(self) -> None:
        self.noted_sum(3, interval=1)
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream("Sum-1"))
        with pytest.raises(AggregateNotFound):
            self.sums().get("1")

    def test_the_manager_gives_a_snapshot_and_the_events_after_it(self) -> None:
        self.noted_sum(5)
        self.put_snapshot(3, {"numbers": [6]})
        self.put_snapshot(4, {"numbers": [10]}, schema_version=9)
        snapshot, events = SnapshotManager(self.store).load_aggregate(Sum, "1")
        assert snapshot is not None
        assert (snapshot.version, [event.event_version for event in events]) == (3, [4, 5])

    def test_the_manager_gives_nothing_for_no_aggregate(self) -> None:
        assert SnapshotManager(self.store).load_aggregate(Sum, "1") == (None, [])

    def test_the_manager_appends_events_and_takes_a_snapshot(self) -> None:
        manager, aggregate = SnapshotManager(self.store, IntervalSnapshotStrategy(2)), Sum("1")
        aggregate.note(1)
        manager.save_aggregate(aggregate, [*aggregate.pending_events, noted(2)])
        assert (aggregate.version, aggregate.numbers, self.snapshot_versions()) == (2, [1, 2], [2])
        aggregate.note(3)
        async_to_sync(manager.asave_aggregate)(aggregate, partition=None)
        assert async_to_sync(manager.aload_aggregate)(Sum, "1").events == self.store.get_events("Sum-1", 3)

    def test_an_edit_is_decided_again_after_a_conflict(self) -> None:
        self.noted_sum(2)
        seen: list[int] = []

        def double(aggregate: Sum) -> None:
            seen.append(aggregate.total)
            if len(seen) == 1:
                self.store.append("Sum-1", [noted(10)])
            aggregate.note(aggregate.total)

        result = self.sums().edit("1", double)
        assert (seen, result.version, self.sums().get("1").total) == ([3, 13], 4, 26)

    def test_a_loop_decides_again_after_a_conflict(self) -> None:
        self.noted_sum(2)
        rivals = [10, 20]
        for attempt in self.sums().edit("1"):
            with attempt as aggregate:
                number = aggregate.total
                if rivals:
                    self.store.append("Sum-1", [noted(rivals.pop(0))])
                aggregate.note(number)
        assert self.sums().get("1").numbers == [1, 2, 10, 20, 33]

    def test_a_block_that_only_calls_is_repeated_after_a_conflict(self) -> None:
        self.noted_sum(2)
        with self.sums().edit("1") as aggregate:
            aggregate.note(5)
            self.store.append("Sum-1", [noted(10)])
            aggregate.note(6)
        assert self.sums().get("1").numbers == aggregate.numbers == [1, 2, 10, 5, 6]
        assert (aggregate.version, aggregate.pending_events) == (5, ())

    def test_a_block_that_has_read_the_state_is_not_repeated(self) -> None:
        self.noted_sum(2)
        with pytest.raises(ConcurrencyError) as caught, self.sums().edit("1") as aggregate:
            self.store.append("Sum-1", [noted(10)])
            aggregate.note(aggregate.total)
        assert "only you can decide again" in caught.value.__notes__[0]
        assert self.sums().get("1").numbers == [1, 2, 10]

    def test_a_block_that_raises_saves_nothing(self) -> None:
        self.noted_sum(2)
        with pytest.raises(ZeroDivisionError), self.sums().edit("1") as aggregate:
            aggregate.note(5)
            raise ZeroDivisionError
        assert self.store.get_stream_version("Sum-1") == 2

    @pytest.mark.parametrize("retries", [0, 3])
    def test_an_edit_gives_up_after_its_retries(self, retries: int) -> None:
        self.noted_sum(1)
        calls: list[int] = []

        def lose(aggregate: Sum) -> None:
            calls.append(aggregate.version)
            self.store.append("Sum-1", [noted(1)])
            aggregate.note(1)

        with self.configured(RETRIES=retries), pytest.raises(ConcurrencyError):
            self.sums().edit("1", lose)
        assert len(calls) == retries + 1

    def test_an_edit_may_begin_with_a_new_aggregate(self) -> None:
        with pytest.raises(AggregateNotFound):
            self.sums().edit("1", lambda aggregate: aggregate.note(1))
        assert self.sums().edit("1", lambda aggregate: aggregate.note(1), or_new=True).version == 1
        assert self.sums().edit("1", lambda aggregate: aggregate.note(1), or_new=True).version == 2

    def test_several_aggregates_are_edited_all_or_none(self) -> None:
        for name in "12":
            self.sums().edit(name, lambda aggregate: aggregate.note(1), or_new=True)
        rivals = [5]

        def move(one: Sum, two: Sum) -> None:
            if rivals:
                self.store.append("Sum-2", [noted(rivals.pop())])
            one.note(-1)
            two.note(1)

        results = async_to_sync(self.sums().aedit_all)(["1", "2"], move)
        assert [result.version for result in results] == [2, 3]
        assert [self.sums().get(name).numbers for name in "12"] == [[1, -1], [1, 5, 1]]

    def test_an_edit_refuses_a_function_that_it_can_not_await(self) -> None:
        async def decide(aggregate: Sum) -> None:
            aggregate.note(1)

        with self.nothing_sent(), pytest.raises(TypeError, match="plain function"):
            self.sums().edit("1", decide, or_new=True)

    def test_a_decider_is_served_as_an_aggregate_is(self) -> None:
        repository = Repository(SUMS, store=self.store, snapshots=IntervalSnapshotStrategy(2))
        with pytest.raises(ValueError, match="nothing to double"):
            repository.execute("1", "twice")
        for command in ("5", "twice", "1"):
            repository.execute("1", command)
        assert (repository.get("1").state, repository.get("1", version=1).state) == (11, 5)
        assert (self.snapshot_versions(), self.store.get_stream_version("Sum-1")) == ([2], 3)

    def test_a_repository_has_async_twins(self) -> None:
        async def used() -> Any:
            repository = self.sums(2)
            aggregate = Sum("1")
            aggregate.note(1)
            await repository.aadd(aggregate)
            await repository.aedit("1", lambda found: found.note(2))
            async with repository.edit("1") as edited:
                edited.note(3)
            async for attempt in repository.edit("1"):
                async with attempt as tried:
                    tried.note(tried.total)
            return await repository.aget("1")

        assert async_to_sync(used)().numbers == [1, 2, 3, 6]
