"""Random histories: what a snapshot and the events after it lead to is what all events lead to."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventstore_django import EventStore, NeverSnapshotStrategy, Repository
from eventstore_django.aggregates.strategies import IntervalSnapshotStrategy
from tests.aggregates.banking import Ledger, Refused

Step: TypeAlias = tuple[str, Decimal]

AMOUNTS = st.decimals("0.01", "999.99", places=2)
STEPS = st.tuples(st.sampled_from(["deposit", "withdraw"]), AMOUNTS)
SAVES = st.lists(st.lists(STEPS, min_size=1, max_size=6), min_size=1, max_size=8)

several = settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("alias", ["default", "sqlite"])
@pytest.mark.django_db(databases=["default", "sqlite"])
def test_a_snapshot_and_its_tail_are_the_whole_history(alias: str) -> None:
    store = EventStore(using=alias)
    ids = iter(range(10_000))

    @several
    @given(saves=SAVES, interval=st.integers(1, 10), data=st.data())
    def holds(saves: list[list[Step]], interval: int, data: st.DataObject) -> None:
        ledger_id = str(next(ids))
        repository = Repository(Ledger, store=store, snapshots=IntervalSnapshotStrategy(interval))
        version = _written(repository, ledger_id, saves)
        at = data.draw(st.integers(1, version))
        for wanted in (at, version):
            replayed = Ledger.replay(ledger_id, store.get_events(f"Ledger-{ledger_id}", to_version=wanted))
            loaded = repository.get(ledger_id, version=wanted)
            assert (loaded.to_snapshot(), loaded.version) == (replayed.to_snapshot(), wanted)
        assert repository.get(ledger_id).to_snapshot() == replayed.to_snapshot()

    holds()


def _written(repository: Repository[Ledger], ledger_id: str, saves: list[list[Step]]) -> int:
    ledger = Ledger(ledger_id)
    ledger.open("Ada")
    for steps in saves:
        for method, amount in steps:
            try:
                getattr(ledger, method)(amount)
            except Refused:
                continue
        repository.save(ledger)
        # Now and then as a process that has just begun.
        ledger = repository.get(ledger_id)
    return ledger.version


@pytest.mark.django_db
def test_what_is_never_made_into_a_snapshot_is_replayed(store: EventStore) -> None:
    repository = Repository(Ledger, store=store, snapshots=NeverSnapshotStrategy())
    _written(repository, "x", [[("deposit", Decimal(1))]] * 3)
    assert store.get_snapshot("x") is None
    assert repository.get("x").balance == 3
