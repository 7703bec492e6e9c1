"""What a load costs: rows are counted where they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from eventstore_django import EventStore, IntervalSnapshotStrategy, Repository
from eventstore_django.backends.postgresql import PostgreSQLBackend

from .banking import Ledger, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect the rows of events that come from the database from now on."""
    seen: list[Any] = []
    recorded_events = PostgreSQLBackend.recorded_events

    def counting(self: PostgreSQLBackend, rows: Iterable[tuple[Any, ...]]) -> Any:
        def counted() -> Iterator[tuple[Any, ...]]:
            for row in rows:
                seen.append(row)
                yield row

        return recorded_events(self, counted())

    monkeypatch.setattr(PostgreSQLBackend, "recorded_events", counting)
    return seen


def test_10_events_are_read_behind_a_snapshot_at_9990_of_10000(store: EventStore, rows_read: list[Any]) -> None:
    ledgers = Repository(Ledger, store=store, snapshots=IntervalSnapshotStrategy(9_990))
    ledger = opened(deposits=0)
    for count in [989, *[1000] * 9, 10]:
        for _ in range(count):
            ledger.raise_event("Deposited", {"amount": "1"})
        ledgers.save(ledger)
    rows_read.clear()
    got = ledgers.get("1")
    assert (got.version, int(got.balance)) == (10_000, 9_999)
    assert len(rows_read) == 10
