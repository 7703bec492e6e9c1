"""What can happen to an account, decided on what has happened to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from eventstore_django import (
    NO_STREAM,
    AppendOperation,
    AppendResult,
    ConcurrencyError,
    EventStore,
    NewEvent,
    RecordedEvent,
)

ATTEMPTS = 5

T = TypeVar("T")


class Refused(Exception):
    """The bank says no."""


@dataclass(frozen=True, slots=True)
class Account:
    """The state of an account after its first ``version`` events."""

    version: int = 0
    owner: str = ""
    balance: Decimal = Decimal(0)

    def after(self, event: RecordedEvent) -> Account:
        """Return the state after one more event."""
        if event.event_type == "AccountOpened":
            return Account(event.event_version, owner=event.payload["owner"])
        sign = 1 if event.event_type in ("MoneyDeposited", "TransferReceived") else -1
        balance = self.balance + sign * Decimal(event.payload["amount"])
        return replace(self, version=event.event_version, balance=balance)


def replay(events: Iterable[RecordedEvent]) -> Account:
    """Return the state that these events lead to."""
    account = Account()
    for event in events:
        account = account.after(event)
    return account


def stream_of(account_id: str) -> str:
    """Return the name of an account's stream."""
    return f"Account-{account_id}"


def load(store: EventStore, account_id: str) -> Account:
    """Read an account."""
    return replay(store.get_events(stream_of(account_id)))


def open_account(store: EventStore, account_id: str, owner: str) -> AppendResult:
    """Open an account; a second one under the same number is a ConcurrencyError."""
    return store.append(stream_of(account_id), [NewEvent("AccountOpened", {"owner": owner})], NO_STREAM)


def deposit(store: EventStore, account_id: str, amount: Decimal) -> AppendResult:
    """Pay money in: valid whatever else happens to the account, so without an expected version."""
    return store.append(stream_of(account_id), [NewEvent("MoneyDeposited", {"amount": amount})])


def withdrawal(account: Account, amount: Decimal) -> list[NewEvent]:
    """Decide on a withdrawal from the account as it is now."""
    if amount > account.balance:
        raise Refused(f"{account.owner} has {account.balance}, {amount} is too much")
    return [NewEvent("MoneyWithdrawn", {"amount": amount})]


def withdraw(store: EventStore, account_id: str, amount: Decimal) -> AppendResult:
    """Take money out. If somebody else was quicker: look again, decide again."""

    def attempt() -> AppendResult:
        account = load(store, account_id)
        return store.append(stream_of(account_id), withdrawal(account, amount), account.version)

    return retried(attempt)


def transfer(store: EventStore, source_id: str, target_id: str, amount: Decimal) -> Sequence[AppendResult]:
    """Move money between two accounts: both events are stored, or none."""

    def attempt() -> Sequence[AppendResult]:
        source = load(store, source_id)
        if amount > source.balance:
            raise Refused(f"{source.owner} has {source.balance}, {amount} is too much")
        sent = NewEvent("TransferSent", {"amount": amount, "to": target_id})
        received = NewEvent("TransferReceived", {"amount": amount, "from": source_id})
        return store.append_batch(
            [
                AppendOperation(stream_of(source_id), [sent], source.version),
                AppendOperation(stream_of(target_id), [received]),
            ]
        )

    return retried(attempt)


def retried(attempt: Callable[[], T]) -> T:
    """Run a decision, and again on fresh state when a conflict shows that the state was stale."""
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except ConcurrencyError:
            continue
    return attempt()
