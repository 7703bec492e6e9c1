"""A repository reads its aggregates through a cached store, and sees what was appended past it."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from eventstore_django import Aggregate, AppliedEvent, CachedEventStore, EventStore, NewEvent, Repository, applies

from .contents import kept


class Purse(Aggregate, registered=False):
    aggregate_type: ClassVar[str] = "Purse"
    coins = Decimal(0)

    def take(self, coins: int) -> None:
        self.raise_event("CoinsTaken", {"coins": coins})

    @applies("CoinsTaken")
    def _taken(self, event: AppliedEvent) -> None:
        self.coins += event.payload["coins"]


def test_a_repository_loads_and_saves_through_it(store: EventStore, cached: CachedEventStore) -> None:
    purses = Repository(Purse, store=cached)
    for _ in range(5):
        purses.edit("1", lambda purse: purse.take(2), or_new=True)
    assert kept("Purse-1")
    store.append("Purse-1", [NewEvent("CoinsTaken", {"coins": 7})])
    purse = purses.get("1")
    assert (purse.version, purse.coins) == (6, Decimal(17))
    assert purses.get("1", version=3).coins == Decimal(6)
