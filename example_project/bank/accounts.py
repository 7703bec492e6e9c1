"""What the bank does: accounts, by number, in and out of the event store."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from eventstore_django import AppendResult, EventStore, Repository

from .aggregates import Account


class Accounts:
    """The bank's accounts. A conflict between two clerks is resolved here: the second decides again."""

    def __init__(self, store: EventStore | None = None) -> None:
        self.repository = Repository(Account, store=store)

    def get(self, number: str) -> Account:
        """Return an account as it is."""
        return self.repository.get(number)

    def open(self, number: str, owner: str) -> AppendResult:
        """Open an account; a second one under the same number is a ConcurrencyError."""
        account = Account(number)
        account.open(owner)
        return self.repository.add(account)

    def deposit(self, number: str, amount: Decimal) -> AppendResult:
        """Pay money in."""
        return self.repository.edit(number, lambda account: account.deposit(amount))

    def withdraw(self, number: str, amount: Decimal) -> AppendResult:
        """Take money out, if there is enough."""
        return self.repository.edit(number, lambda account: account.withdraw(amount))

    def transfer(self, source: str, target: str, amount: Decimal) -> Sequence[AppendResult]:
        """Move money between two accounts: both events are stored, or none."""
        return self.repository.edit_all([source, target], lambda sender, receiver: sender.send(amount, receiver))
