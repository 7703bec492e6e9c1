from __future__ import annotations

from decimal import Decimal

import pytest

from eventstore_django import ConcurrencyError, EventStore, NewEvent
from eventstore_django.testing.subscriptions import run_subscriptions_to_head
from example_project.bank.accounts import Accounts
from example_project.bank.aggregates import Refused
from example_project.bank.models import Balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(store: EventStore) -> Accounts:
    accounts = Accounts(store)
    for number in ("1", "2"):
        accounts.open(number, "Ada")
    accounts.deposit("1", Decimal("100.00"))
    return accounts


def _balances(accounts: Accounts) -> list[Decimal]:
    return [accounts.get(number).balance for number in ("1", "2")]


def test_a_transfer_moves_money_between_two_streams(accounts: Accounts) -> None:
    accounts.transfer("1", "2", Decimal("25.50"))
    assert _balances(accounts) == [Decimal("74.50"), Decimal("25.50")]


def test_an_overdraft_is_refused_and_moves_nothing(accounts: Accounts) -> None:
    with pytest.raises(Refused, match="too much"):
        accounts.transfer("1", "2", Decimal("100.01"))
    assert _balances(accounts) == [100, 0]


def test_an_account_is_opened_once(accounts: Accounts) -> None:
    with pytest.raises(ConcurrencyError):
        accounts.open("1", "Grace")


def test_a_transfer_is_decided_again_on_what_a_rival_has_left(accounts: Accounts, store: EventStore) -> None:
    rivals = [NewEvent("MoneyWithdrawn", {"amount": "90.00"})]

    def send(source: object, target: object) -> None:
        if rivals:
            store.append("Account-1", [rivals.pop()])
        source.send(Decimal("20.00"), target)  # type: ignore[attr-defined]  # accounts, in a function of any

    with pytest.raises(Refused, match=r"Ada has 10\.00"):
        accounts.repository.edit_all(["1", "2"], send)
    assert _balances(accounts) == [10, 0]


def test_what_an_older_version_stored_is_read(accounts: Accounts, store: EventStore) -> None:
    store.append("Account-1", [NewEvent("TransferReceived", {"amount": "5.00", "from": "2"})])
    assert accounts.get("1").balance == 105
    assert store.get_events("Account-1")[-1].typed.sender == "2"


def test_the_table_of_balances_follows(accounts: Accounts) -> None:
    accounts.transfer("1", "2", Decimal("25.50"))
    run_subscriptions_to_head("balances")
    rows = Balance.objects.filter(account_id__in=["1", "2"]).order_by("account_id")
    assert [(row.owner, row.amount) for row in rows] == [("Ada", Decimal("74.50")), ("Ada", Decimal("25.50"))]
