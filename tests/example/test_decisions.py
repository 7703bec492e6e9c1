"""The account's decisions, told by events, without a database."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eventstore_django.aggregates.registry import aggregate_class
from eventstore_django.testing.scenarios import assert_snapshot_keeps_state, given
from example_project.bank.aggregates import Account, Refused
from example_project.bank.event_types import (
    AccountOpened,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferReceived,
    TransferSent,
)

OPENED, HUNDRED = AccountOpened("Ada"), MoneyDeposited(Decimal(100))


def test_an_account_is_opened() -> None:
    given(Account).when(lambda account: account.open("Ada")).then(OPENED).then_state(owner="Ada")


def test_an_account_is_opened_once() -> None:
    given(Account, OPENED).when(lambda account: account.open("Grace")).then_raises(Refused, match="Ada's")


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-5)])
def test_no_amount_is_nothing_or_less(amount: Decimal) -> None:
    given(Account, OPENED).when(lambda account: account.deposit(amount)).then_raises(Refused, match="no amount")
    given(Account, OPENED, HUNDRED).when(lambda account: account.withdraw(amount)).then_raises(Refused)


def test_nobodys_account_takes_no_money() -> None:
    given(Account).when(lambda account: account.deposit(Decimal(5))).then_raises(Refused, match="nobody's")


def test_all_of_the_money_can_be_withdrawn_and_no_more() -> None:
    scenario = given(Account, OPENED, HUNDRED)
    scenario.when(lambda account: account.withdraw(Decimal(100))).then(MoneyWithdrawn(Decimal(100)))
    given(Account, OPENED, HUNDRED).when(lambda account: account.withdraw(Decimal("100.01"))).then_raises(Refused)


def test_a_transfer_is_an_event_on_each_side() -> None:
    other = given(Account, AccountOpened("Grace"), aggregate_id="2").aggregate
    sent = given(Account, OPENED, HUNDRED).when(lambda account: account.send(Decimal(30), other))
    sent.then(TransferSent(Decimal(30), "2")).then_state(balance=Decimal(70))
    assert [event.payload for event in other.pending_events] == [{"amount": "30", "sender": "1"}]
    assert TransferReceived(Decimal(30), "1").amount == other.balance


def test_money_is_not_sent_to_where_it_is() -> None:
    given(Account, OPENED, HUNDRED).when(lambda account: account.send(Decimal(5), account)).then_raises(Refused)


def test_the_account_is_found_by_its_type() -> None:
    assert aggregate_class("Account") is Account


def test_a_snapshot_keeps_the_state() -> None:
    assert_snapshot_keeps_state(given(Account, OPENED, HUNDRED).aggregate)
