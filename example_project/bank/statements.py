"""A statement of an account: what happened up to a moment, and the balance after each of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from eventstore_django import EventStore, RecordedEvent, Repository

from .aggregates import Account


class Line(NamedTuple):
    """One line of a statement."""

    at: datetime
    what: str
    amount: Decimal
    """What it changed."""
    balance: Decimal
    """What was there after it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The state of an account at a moment, and how it came about."""

    account: Account
    lines: tuple[Line, ...]


def statement(store: EventStore, number: str, at: datetime) -> Statement:
    """Return the statement of an account as the bank knew it at a moment. Raise AggregateNotFound if it did not."""
    account = Repository(Account, store=store).get(number, as_of=at)
    events = store.get_events(f"Account-{number}", to_version=account.version)
    return Statement(account, tuple(_lines(number, events)))


def _lines(number: str, events: list[RecordedEvent]) -> Iterator[Line]:
    before = Decimal(0)
    for event, account in Account.steps(number, events):
        yield Line(event.occurred_at, event.event_type, account.balance - before, account.balance)
        before = account.balance
