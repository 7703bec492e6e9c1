"""A small aggregate for tests, with snapshots."""

from __future__ import annotations

from decimal import Decimal

from eventstore_django import Aggregate, AppliedEvent, applies
from eventstore_django.encoding import JSONObject

TEN = Decimal("10.00")


class Refused(Exception):
    pass


class Ledger(Aggregate, registered=False):
    """An account book: money comes in and goes out, never below zero."""

    aggregate_type = "Ledger"

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.owner = ""
        self.balance = Decimal(0)
        self.notes: list[str] = []

    def open(self, owner: str) -> None:
        self.raise_event("Opened", {"owner": owner})

    def deposit(self, amount: Decimal) -> None:
        self.raise_event("Deposited", {"amount": amount})

    def withdraw(self, amount: Decimal) -> None:
        if amount > self.balance:
            raise Refused(f"{self.owner} has {self.balance}, {amount} is too much")
        self.raise_event("Withdrawn", {"amount": amount})

    def has(self, amount: Decimal) -> bool:
        return self.balance >= amount

    @applies("Opened")
    def _opened(self, event: AppliedEvent) -> None:
        self.owner = event.payload["owner"]

    @applies("Deposited", "Withdrawn")
    def _moved(self, event: AppliedEvent) -> None:
        sign = 1 if event.event_type == "Deposited" else -1
        self.balance += sign * Decimal(event.payload["amount"])
        self.notes.append(f"{event.event_type} {event.payload['amount']} at {event.event_version}")

    def to_snapshot(self) -> JSONObject:
        return {"owner": self.owner, "balance": self.balance, "notes": list(self.notes)}

    def from_snapshot(self, data: JSONObject) -> None:
        self.owner = data["owner"]
        self.balance = Decimal(data["balance"])
        self.notes = list(data["notes"])


def opened(ledger_id: str = "1", deposits: int = 1) -> Ledger:
    """Return a ledger that is not stored yet, with so many deposits of 10."""
    ledger = Ledger(ledger_id)
    ledger.open("Ada")
    for _ in range(deposits):
        ledger.deposit(TEN)
    return ledger
