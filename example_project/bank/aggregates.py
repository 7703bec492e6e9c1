"""An account: what may happen to it, decided on what has happened to it."""

from __future__ import annotations

from decimal import Decimal

from eventstore_django import Aggregate, applies
from eventstore_django.encoding import JSONObject

from .event_types import AccountOpened, MoneyDeposited, MoneyWithdrawn, TransferReceived, TransferSent


class Refused(Exception):
    """The bank says no."""


class Account(Aggregate):
    """Money of one owner, never below zero."""

    aggregate_type = "Account"
    owner = ""
    balance = Decimal(0)

    # What is decided

    def open(self, owner: str) -> None:
        """Give the account to somebody."""
        if self.owner:
            raise Refused(f"account {self.id} is {self.owner}'s")
        self.raise_event(AccountOpened(owner))

    def deposit(self, amount: Decimal) -> None:
        """Pay money in."""
        self._refuse_amount(amount)
        self.raise_event(MoneyDeposited(amount))

    def withdraw(self, amount: Decimal) -> None:
        """Take money out."""
        self._refuse_overdraft(amount)
        self.raise_event(MoneyWithdrawn(amount))

    def send(self, amount: Decimal, to: Account) -> None:
        """Move money to another account."""
        self._refuse_overdraft(amount)
        if to.id == self.id:
            raise Refused("the money is there already")
        self.raise_event(TransferSent(amount, to.id))
        to.raise_event(TransferReceived(amount, self.id))

    def _refuse_overdraft(self, amount: Decimal) -> None:
        self._refuse_amount(amount)
        if amount > self.balance:
            raise Refused(f"{self.owner} has {self.balance}, {amount} is too much")

    def _refuse_amount(self, amount: Decimal) -> None:
        if not self.owner:
            raise Refused(f"account {self.id} is nobody's")
        if amount <= 0:
            raise Refused(f"{amount} is no amount")

    # What follows from it

    @applies(AccountOpened)
    def _opened(self, event: AccountOpened) -> None:
        self.owner = event.owner

    @applies(MoneyDeposited, TransferReceived)
    def _came_in(self, event: MoneyDeposited | TransferReceived) -> None:
        self.balance += event.amount

    @applies(MoneyWithdrawn, TransferSent)
    def _went_out(self, event: MoneyWithdrawn | TransferSent) -> None:
        self.balance -= event.amount

    def to_snapshot(self) -> JSONObject:
        """Return the state."""
        return {"owner": self.owner, "balance": self.balance}

    def from_snapshot(self, data: JSONObject) -> None:
        """Take the state."""
        self.owner = data["owner"]
        self.balance = Decimal(data["balance"])
