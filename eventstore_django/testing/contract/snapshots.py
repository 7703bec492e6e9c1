"""Snapshots in the store: what is kept, found, replaced and refused."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction

from ...aggregates.snapshots import AggregateSnapshot
from ...erasure import erasure
from ...exceptions import AmbiguousAggregate, InvalidSnapshot, InvalidStreamName
from ...models import Snapshot
from ..signals import captured_signals
from .case import ContractCase, several


class _Stop(Exception):
    pass


class _Name(str, Enum):  # noqa: UP042  # a StrEnum's own text is its value: no trap
    LAST = "last"


class _Number(int, Enum):  # an IntEnum's own text is its value: no trap
    SEVEN = 7


class SnapshotContract(ContractCase):
    """``save_snapshot`` and ``get_snapshot``."""

    def taken(self, version: int = 1, stream_id: str = "A-1", **fields: Any) -> AggregateSnapshot:
        """Store a snapshot of a stream."""
        given = {"data": {"at": version}, **fields}
        return self.store.save_snapshot(AggregateSnapshot("1", "A", version, stream_id=stream_id, **given))

    def kept_versions(self, stream_id: str = "A-1") -> list[int]:
        """The versions of a stream's snapshots."""
        rows = Snapshot.objects.using(self.using).filter(stream_id=stream_id)
        return list(rows.order_by("version").values_list("version", flat=True))

    def test_a_snapshot_is_got_as_it_was_saved(self) -> None:
        snapshot = AggregateSnapshot("1", "A", 7, {"sum": 3, "lines": [{"a": None}]}, schema_version=4)
        stored = self.store.save_snapshot(snapshot)
        got = self.store.get_snapshot("1")
        assert got == snapshot == stored
        assert got is not None
        assert got.created_at == stored.created_at
        assert (got.stream_id, got.partition) == ("A-1", None)

    def test_a_snapshot_of_a_tenant_stands_under_its_stream(self) -> None:
        self.store.save_snapshot(AggregateSnapshot("1", "A", 1, {}, partition="t"))
        got = self.store.get_snapshot("1", "A", "t")
        assert got is not None
        assert (got.stream_id, got.partition) == ("t/A/1", "t")

    def test_the_data_comes_back_as_a_payload_does(self) -> None:
        self.taken(data={"sum": Decimal("1.50")})
        got = self.store.get_snapshot("1")
        assert got is not None
        assert got.data == {"sum": "1.50"}

    @pytest.mark.parametrize(
        ("data", "path"),
        [
            ({"a": [float("nan")]}, "data.a[0]"),
            ({"a": {"b": {1}}}, "data.a.b"),
            ({"a": "\0"}, "data.a"),
            ({"a": 1e300}, "data.a"),
            ([], "data"),
            (None, "data"),
        ],
    )
    def test_data_that_would_not_come_back_is_refused_before_any_sql(self, data: Any, path: str) -> None:
        with self.nothing_sent(), pytest.raises(InvalidSnapshot) as caught:
            self.taken(data=data)
        assert caught.value.path == path

    def test_data_that_is_too_large_is_refused_before_any_sql(self) -> None:
        with self.nothing_sent(), pytest.raises(InvalidSnapshot, match="more than 16777216"):
            self.taken(data={"a": "x" * (16 * 1024 * 1024)})

    def test_an_aggregate_without_snapshots_has_none(self) -> None:
        self.store.append("A-1", several(2))
        assert self.store.get_snapshot("1") is None
        assert self.store.get_snapshot("\0") is None

    def test_the_last_snapshot_is_got(self) -> None:
        for version in (2, 9, 5):
            self.taken(version)
        got = self.store.get_snapshot("1", "A")
        assert got is not None
        assert got.version == 9

    @pytest.mark.parametrize(("highest", "found"), [(1, None), (2, 2), (4, 2), (5, 5), (99, 9)])
    def test_the_last_snapshot_up_to_a_version_is_got(self, highest: int, found: int | None) -> None:
        for version in (2, 5, 9):
            self.taken(version)
        got = self.store.get_snapshot("1", max_version=highest)
        assert (got and got.version) == found

    def test_a_snapshot_of_the_same_version_takes_the_place_of_the_first(self) -> None:
        self.taken(3, data={"a": 1})
        again = self.taken(3, data={"a": 2}, schema_version=2)
        assert self.store.get_snapshot("1") == again
        assert self.kept_versions() == [3]

    def test_several_aggregates_of_one_id_are_named_and_none_is_guessed(self) -> None:
        for stream_id in ("A-1", "t/A/1"):
            self.taken(stream_id=stream_id)
        self.store.save_snapshot(AggregateSnapshot("1", "B", 1, {}))
        with pytest.raises(AmbiguousAggregate) as caught:
            self.store.get_snapshot("1")
        assert caught.value.stream_ids == ("A-1", "B-1", "t/A/1")
        assert "'t/A/1'" in str(caught.value)
        with pytest.raises(AmbiguousAggregate):
            self.store.get_snapshot("1", "A")

    def test_an_aggregate_is_told_from_others_of_its_id(self) -> None:
        for stream_id in ("A-1", "t/A/1", "tt/A/1"):
            self.taken(stream_id=stream_id)
        self.store.save_snapshot(AggregateSnapshot("1", "B", 1, {}))
        found = [
            self.store.get_snapshot("1", "B"),
            self.store.get_snapshot("1", partition="t"),
            self.store.get_snapshot("1", "A", "tt"),
            self.store.get_snapshot("1", stream_id="A-1"),
        ]
        assert [snapshot and snapshot.stream_id for snapshot in found] == ["B-1", "t/A/1", "tt/A/1", "A-1"]
        for absent in ("T", "t/A", "t%", ""):
            assert self.store.get_snapshot("1", partition=absent) is None

    def test_of_a_stream_the_last_snapshots_are_kept(self) -> None:
        with self.configured(SNAPSHOTS_KEPT=2):
            for version in (1, 2, 3, 4):
                self.taken(version)
            self.taken(1, "A-2")
        assert self.kept_versions() == [3, 4]
        assert self.kept_versions("A-2") == [1]

    def test_a_snapshot_ahead_of_others_does_not_push_them_out(self) -> None:
        with self.configured(SNAPSHOTS_KEPT=1):
            self.taken(1000)
            self.taken(2)
            self.taken(3)
        assert self.kept_versions() == [3, 1000]

    def test_all_snapshots_are_kept_if_nothing_else_is_said(self) -> None:
        with self.configured(SNAPSHOTS_KEPT=None):
            for version in range(1, 8):
                self.taken(version)
        assert self.kept_versions() == list(range(1, 8))

    def test_a_rolled_back_snapshot_leaves_nothing(self) -> None:
        with pytest.raises(_Stop), transaction.atomic(using=self.using):
            self.taken()
            raise _Stop
        assert self.store.get_snapshot("1") is None

    def test_a_snapshot_is_told_after_the_commit(self) -> None:
        with captured_signals() as sent:
            stored = self.taken()
            assert sent.snapshot_saved == []
        assert [(told.snapshot, told.using) for told in sent.snapshot_saved] == [(stored, self.using)]

    def test_a_rolled_back_snapshot_is_not_told(self) -> None:
        with captured_signals() as sent, pytest.raises(_Stop), transaction.atomic(using=self.using):
            self.taken()
            raise _Stop
        assert sent.snapshot_saved == []

    def test_a_snapshot_needs_a_stream_that_can_be_written(self) -> None:
        with pytest.raises(InvalidStreamName):
            AggregateSnapshot("a:b", "A", 1, {})
        with pytest.raises(InvalidStreamName):
            AggregateSnapshot("1", "A", 1, {}, stream_id="$all")
        with pytest.raises(InvalidSnapshot):
            AggregateSnapshot("1", "A", 1, {}, partition="t", stream_id="A-1")

    @pytest.mark.parametrize(
        ("aggregate_id", "text"),
        [(UUID(int=7), str(UUID(int=7))), (42, "42"), (_Name.LAST, "last"), (_Number.SEVEN, "7")],
    )
    def test_an_id_may_be_what_the_id_of_an_aggregate_may_be(self, aggregate_id: Any, text: str) -> None:
        stored = self.store.save_snapshot(AggregateSnapshot(aggregate_id, "A", 1, {}))
        assert (stored.aggregate_id, stored.stream_id) == (text, f"A-{text}")
        assert self.store.get_snapshot(aggregate_id) == self.store.get_snapshot(text) == stored

    def test_a_tenant_may_be_a_member_of_an_enumeration(self) -> None:
        stored = self.store.save_snapshot(AggregateSnapshot("1", "A", 1, {}, partition=_Name.LAST))
        assert stored.stream_id == "last/A/1"
        assert self.store.get_snapshot("1", partition=_Name.LAST) == stored

    def test_what_is_no_id_is_refused(self) -> None:
        for value in (None, True, 1.5):
            with pytest.raises(InvalidStreamName):
                AggregateSnapshot(value, "A", 1, {})  # type: ignore[arg-type]  # that is what is tested
            with pytest.raises(TypeError):
                self.store.get_snapshot(value)  # type: ignore[arg-type]  # as above

    def test_snapshots_have_async_twins(self) -> None:
        snapshot = AggregateSnapshot("1", "A", 1, {})
        stored = async_to_sync(self.store.asave_snapshot)(snapshot)
        assert async_to_sync(self.store.aget_snapshot)("1", aggregate_type="A") == stored

    def test_an_erasure_of_a_stream_takes_its_snapshots_along(self) -> None:
        for name in ("A-1", "A-2"):
            self.store.append(name, several(2))
            self.taken(2, name)
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream("A-1").filter(event_version=1))
        assert (self.kept_versions("A-1"), self.kept_versions("A-2")) == ([], [2])
