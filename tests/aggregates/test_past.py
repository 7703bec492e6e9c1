from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eventstore_django import AggregateNotFound, EventStore, NewEvent, ReadOnlyAggregate, Repository

from .banking import TEN, Ledger, opened

pytestmark = pytest.mark.django_db


def test_an_aggregate_is_got_as_it_was_at_a_version(ledgers: Repository[Ledger]) -> None:
    ledgers.save(opened(deposits=4))
    assert [ledgers.get("1", version=version).balance for version in (1, 2, 5)] == [0, TEN, 4 * TEN]
    for version in (6, 99):
        with pytest.raises(AggregateNotFound, match="no version"):
            ledgers.get("1", version=version)


@pytest.mark.parametrize("version", [0, -1, True, 1.5])
def test_a_version_is_a_whole_number_from_1_on(ledgers: Repository[Ledger], version: Any) -> None:
    with pytest.raises(ValueError, match="whole number"):
        ledgers.get("1", version=version)


def test_an_aggregate_is_got_as_it_was_known_at_a_moment(ledgers: Repository[Ledger], store: EventStore) -> None:
    first = ledgers.save(opened()).events[-1].created_at
    ledgers.edit("1", lambda ledger: ledger.deposit(TEN))
    # What happened earlier, but was stored later, was not known yet.
    store.append("Ledger-1", [NewEvent("Deposited", {"amount": "1"}, occurred_at=first - timedelta(days=9))])
    assert ledgers.get("1", as_of=first).balance == TEN
    assert ledgers.get("1", as_of=datetime.now(UTC) + timedelta(hours=1)).balance == 2 * TEN + 1
    with pytest.raises(AggregateNotFound, match="had no events at"):
        ledgers.get("1", as_of=first - timedelta(seconds=60))


def test_a_moment_needs_a_time_zone(ledgers: Repository[Ledger]) -> None:
    with pytest.raises(ValueError, match="aware"):
        ledgers.get("1", as_of=datetime(2026, 1, 1))  # what is tested


def test_a_version_and_a_moment_are_one_too_many(ledgers: Repository[Ledger]) -> None:
    with pytest.raises(ValueError, match="not both"):
        ledgers.get("1", version=1, as_of=datetime.now(UTC))


def test_an_aggregate_of_the_past_raises_no_events(ledgers: Repository[Ledger]) -> None:
    ledgers.save(opened())
    past = ledgers.get("1", version=2)
    with pytest.raises(ReadOnlyAggregate, match="past"):
        past.deposit(TEN)
    with pytest.raises(ReadOnlyAggregate, match="past"):
        ledgers.save(past)
    assert (past.balance, past.pending_events) == (TEN, ())
