from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eventstore_django import (
    Aggregate,
    EventStore,
    IntervalSnapshotStrategy,
    NeverSnapshotStrategy,
    Repository,
    SnapshotManager,
    SnapshotStrategy,
    TimedSnapshotStrategy,
)

from .banking import TEN, Ledger, opened

pytestmark = pytest.mark.django_db


class _Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


class _Broken(SnapshotStrategy):
    def should_take_snapshot(self, version: int, previous_version: int | None = None, **times: Any) -> bool:
        raise ZeroDivisionError


class _Bare(Aggregate, registered=False):
    """Without snapshots."""


def _version(store: EventStore) -> int:
    snapshot = store.get_snapshot("1")
    return snapshot.version if snapshot else 0


def test_a_timed_snapshot_is_taken_when_it_is_time(store: EventStore) -> None:
    clock = _Clock()
    manager = SnapshotManager(store, TimedSnapshotStrategy(60), clock=clock)
    ledger = opened()
    taken = []
    for seconds in (0, 1, 30, 61):
        clock.now += timedelta(seconds=seconds)
        ledger.deposit(TEN)
        manager.save_aggregate(ledger)
        taken.append(_version(store))
    # None of a new aggregate; the first when there is none yet; then one a minute.
    assert taken == [0, 4, 4, 6]


def test_a_loaded_aggregate_remembers_when_its_snapshot_was_taken(store: EventStore) -> None:
    Repository(Ledger, store=store, snapshots=IntervalSnapshotStrategy(2)).save(opened())
    ledger = Repository(Ledger, store=store).get("1")
    ledger.deposit(TEN)
    SnapshotManager(store, TimedSnapshotStrategy(60)).save_aggregate(ledger)
    assert _version(store) == 2


def test_a_strategy_that_fails_harms_nothing(store: EventStore, caplog: pytest.LogCaptureFixture) -> None:
    ledger = opened()
    Repository(Ledger, store=store, snapshots=_Broken()).save(ledger)
    assert (ledger.version, _version(store)) == (2, 0)
    assert "ZeroDivisionError" in caplog.text


def test_snapshots_are_only_for_classes_that_have_them(store: EventStore) -> None:
    with pytest.raises(TypeError, match="to_snapshot"):
        Repository(_Bare, store=store, snapshots=IntervalSnapshotStrategy())
    Repository(_Bare, store=store, snapshots=NeverSnapshotStrategy())
    for method in (_Bare("1").to_snapshot, lambda: _Bare("1").from_snapshot({})):
        with pytest.raises(NotImplementedError, match="_Bare defines no"):
            method()


def test_by_default_a_snapshot_is_taken_every_hundred_events(store: EventStore) -> None:
    repository = Repository(Ledger, store=store)
    ledger = opened(deposits=98)
    repository.save(ledger)
    assert _version(store) == 0
    for _ in range(3):
        ledger.deposit(TEN)
    repository.save(ledger)
    assert _version(store) == 102


@pytest.mark.parametrize("kind", [object, "Account", None])
def test_a_repository_is_of_a_class_of_aggregates_or_a_decider(kind: Any) -> None:
    with pytest.raises(TypeError, match="Repository is of"):
        Repository(kind)


def test_the_snapshots_of_two_tenants_never_meet(store: EventStore) -> None:
    every = IntervalSnapshotStrategy(1)
    tenants = {name: Repository(Ledger, name, store=store, snapshots=every) for name in ("t", "u")}
    for deposits, repository in enumerate(tenants.values(), start=1):
        repository.save(opened(deposits=deposits))
    assert [repository.get("1").balance for repository in tenants.values()] == [TEN, 2 * TEN]
    history = SnapshotManager(store).load_aggregate(Ledger, "1", partition="u")
    assert history.snapshot is not None
    assert (history.snapshot.partition, history.snapshot.version, history.events) == ("u", 3, [])
