"""Snapshots that another client has written and Python can't read."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import pytest
from django.db.models.expressions import RawSQL

from ...aggregates.snapshots import AggregateSnapshot
from ...exceptions import UndecodableSnapshot
from ...models import Snapshot
from ...repositories.manager import SnapshotManager
from ...repositories.repository import Repository
from .aggregates import Sum
from .case import ContractCase, several
from .undecodable import LONG


def write_undecodable_snapshot(using: str, version: int, stream_id: str = "Sum-1", text: str = LONG) -> None:
    """Write what another client can write: a snapshot whose data are such a text."""
    name = {"stream_id": stream_id, "aggregate_id": "1", "aggregate_type": "Sum"}
    data = RawSQL(f"'{text}'", ())  # noqa: S611  # no input
    Snapshot._base_manager.using(using).bulk_create([Snapshot(version=version, data=data, **name)])


class UndecodableSnapshotContract(ContractCase):
    """Asked for, such a snapshot tells what is wrong; aggregates are loaded without it."""

    def summed(self, *versions: int) -> Repository[Sum]:
        """Have a stream of three events with a snapshot of version 1, and of these that can't be read."""
        self.store.append("Sum-1", several(3))
        sums = Repository(Sum, store=self.store)
        self.store.save_snapshot(AggregateSnapshot("1", "Sum", 1, {"numbers": [1]}))
        for version in versions:
            write_undecodable_snapshot(self.using, version)
        return sums

    def test_a_snapshot_that_can_not_be_decoded_says_which_it_is_and_why(self) -> None:
        self.summed(2)
        with pytest.raises(UndecodableSnapshot, match="digits") as caught:
            self.store.get_snapshot("1")
        assert (caught.value.stream_id, caught.value.version) == ("Sum-1", 2)
        assert str(caught.value).startswith("stream 'Sum-1', snapshot of version 2: can't be decoded: ")

    def test_the_snapshot_before_one_that_can_not_be_decoded_is_found(self) -> None:
        self.summed(2)
        found = self.store.get_snapshot("1", max_version=1)
        assert found is not None
        assert (found.version, found.data) == (1, {"numbers": [1]})

    def test_an_aggregate_is_loaded_without_the_snapshots_that_can_not_be_decoded(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        sums = self.summed(2, 3)
        assert (sums.get("1").numbers, sums.get("1", version=2).numbers) == ([1, 2, 3], [1, 2])
        history = SnapshotManager(self.store).load_aggregate(Sum, "1")
        assert history.snapshot is not None
        assert (history.snapshot.version, [event.event_version for event in history.events]) == (1, [2, 3])
        assert "snapshot of version 3" in caplog.text

    def test_a_snapshot_takes_the_place_of_one_that_could_not_be_decoded(self) -> None:
        self.summed(3)
        self.store.save_snapshot(AggregateSnapshot("1", "Sum", 3, {"numbers": [1, 2, 3]}))
        found = self.store.get_snapshot("1")
        assert found is not None
        assert (found.version, found.data) == (3, {"numbers": [1, 2, 3]})
