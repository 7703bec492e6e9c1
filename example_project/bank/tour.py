"""A tour of the event store, told line by line: what the demo shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from eventstore_django import ConcurrencyError, EventStore, NewEvent, RecordedEvent, event_metadata
from eventstore_django.models import Event
from eventstore_django.workers.choosing import chosen
from eventstore_django.workers.runner import SubscriptionRunner

from .accounts import Accounts
from .aggregates import Refused
from .event_types import MoneyDeposited
from .models import Balance
from .statements import statement


@dataclass(frozen=True, slots=True)
class Tour:
    """Two accounts of this run, the store, and where to tell of it."""

    store: EventStore
    tell: Callable[[str], None]
    ada: str
    grace: str

    @property
    def accounts(self) -> Accounts:
        """The bank's accounts."""
        return Accounts(self.store)

    @classmethod
    def fresh(cls, store: EventStore, tell: Callable[[str], None]) -> Tour:
        """Start a tour with accounts that no earlier one used."""
        run = uuid4().hex[:6]
        return cls(store, tell, f"{run}1", f"{run}2")

    def run(self) -> None:
        """Walk through everything."""
        self.append()
        self.conflict()
        self.batch()
        self.repeat()
        self.follow()
        self.read()
        self.look_back()

    def append(self) -> None:
        """Open accounts and pay in."""
        self.tell("1. Append")
        with event_metadata(user="demo", correlation_id=f"demo-{self.ada}"):
            for number, owner in ((self.ada, "Ada"), (self.grace, "Grace")):
                self._show(self.accounts.open(number, owner).events[0])
                self._show(self.accounts.deposit(number, Decimal("100.00")).events[0])

    def conflict(self) -> None:
        """Two clerks decide on the same state; the second is told, and decides again."""
        self.tell("\n2. A conflict, shown and resolved")
        amount = Decimal("70.00")
        first, second = self.accounts.get(self.ada), self.accounts.get(self.ada)
        self.tell(f"   two clerks see version {first.version} with {first.balance} and both pay out {amount}")
        for account in (first, second):
            account.withdraw(amount)
        self._show(self.accounts.repository.save(first).events[0])
        try:
            self.accounts.repository.save(second)
        except ConcurrencyError as error:
            self.tell(f"   the second clerk gets: {error}")
        try:
            self.accounts.withdraw(self.ada, amount)
        except Refused as refusal:
            self.tell(f"   looks again, decides again: refused, {refusal}")

    def batch(self) -> None:
        """Move money between two streams, all or nothing."""
        self.tell("\n3. A transfer: two streams, all or nothing")
        for result in self.accounts.transfer(self.grace, self.ada, Decimal("25.50")):
            self._show(result.events[0])

    def repeat(self) -> None:
        """Send the same event twice, as after a lost connection."""
        self.tell("\n4. The same event sent twice is stored once")
        event = NewEvent.of(MoneyDeposited(Decimal("10.00")))
        first = self.store.append(_stream(self.ada), [event])
        again = self.store.append(_stream(self.ada), [event])
        self.tell(f"   first at version {first.version}, again at version {again.version}, replayed={again.replayed}")

    def follow(self) -> None:
        """Bring the read model up to date, as a worker does all the time."""
        self.tell("\n5. A subscription keeps a table of balances")
        SubscriptionRunner(self.store.using, chosen(["balances"])).run_to_head(threaded=False)
        for balance in Balance.objects.in_use().filter(account_id__in=[self.ada, self.grace]).order_by("pk"):
            self.tell(f"   {balance}")

    def read(self) -> None:
        """Read by stream, category and the global order."""
        self.tell("\n6. Read")
        account = self.accounts.get(self.ada)
        self.tell(f"   {_stream(self.ada)}: {account.owner} has {account.balance} at version {account.version}")
        head = self.store.head_position()
        count = len(self.store.get_category_events("Account", from_position=max(1, head - 99)))
        self.tell(f"   $all is settled up to position {head}; {count} of its last 100 are of category Account")
        correlated = Event.objects.correlated_with(f"demo-{self.ada}").count()
        self.tell(f"   {correlated} events share a correlation id")

    def look_back(self) -> None:
        """See an account as it was: at a version, and on a statement of a moment."""
        self.tell("\n7. As it was")
        before = self.accounts.repository.get(self.ada, version=2)
        self.tell(f"   {before.owner} at version 2: {before.balance}")
        self.tell("   a statement up to now (manage.py statement ACCOUNT --at 2026-05-03 for any other day):")
        for line in statement(self.store, self.ada, datetime.now(UTC)).lines:
            self.tell(f"   {line.what:<16} {line.amount:>8} {line.balance:>8}")

    def _show(self, event: RecordedEvent) -> None:
        details = ", ".join(f"{key}={value}" for key, value in event.payload.items())
        self.tell(
            f"   {event.position:>6}  {event.stream_id:<16} v{event.event_version}  {event.event_type:<16} {details}"
        )


def _stream(number: str) -> str:
    return f"Account-{number}"
