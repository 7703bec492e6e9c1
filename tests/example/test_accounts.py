from __future__ import annotations

from decimal import Decimal

import pytest

from eventstore_django import ConcurrencyError, EventStore, NewEvent
from example_project.bank import accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> EventStore:
    store = EventStore()
    for account_id in ("1", "2"):
        accounts.open_account(store, account_id, "Ada")
    accounts.deposit(store, "1", Decimal("100.00"))
    return store


def test_a_transfer_moves_money_between_two_streams(store: EventStore) -> None:
    accounts.transfer(store, "1", "2", Decimal("25.50"))
    balances = [accounts.load(store, account_id).balance for account_id in ("1", "2")]
    assert balances == [Decimal("74.50"), Decimal("25.50")]


def test_an_overdraft_is_refused_and_moves_nothing(store: EventStore) -> None:
    with pytest.raises(accounts.Refused):
        accounts.transfer(store, "1", "2", Decimal("100.01"))
    assert accounts.load(store, "2").balance == 0


def test_an_account_is_opened_once(store: EventStore) -> None:
    with pytest.raises(ConcurrencyError):
        accounts.open_account(store, "1", "Grace")


def test_a_decision_on_a_stale_state_is_made_again(store: EventStore) -> None:
    states = iter([1, 2])

    def attempt() -> int:
        store.append("Account-1", [NewEvent("MoneyDeposited", {"amount": "1"})], next(states))
        return accounts.load(store, "1").version

    assert accounts.retried(attempt) == 3
