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

from .accounts import Refused, deposit, load, open_account, replay, stream_of, transfer, withdraw, withdrawal
from .models import Balance


@dataclass(frozen=True, slots=True)
class Tour:
    """Two accounts of this run, the store, and where to tell of it."""

    store: EventStore
    tell: Callable[[str], None]
    ada: str
    grace: str

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

    def append(self) -> None:
        """Open accounts and pay in."""
        self.tell("1. Append")
        with event_metadata(user="demo", correlation_id=f"demo-{self.ada}"):
            for account_id, owner in ((self.ada, "Ada"), (self.grace, "Grace")):
                self._show(open_account(self.store, account_id, owner).events[0])
                self._show(deposit(self.store, account_id, Decimal("100.00")).events[0])

    def conflict(self) -> None:
        """Two clerks decide on the same state; the second is told, and decides again."""
        self.tell("\n2. A conflict, shown and resolved")
        stream, amount = stream_of(self.ada), Decimal("70.00")
        seen = load(self.store, self.ada)
        self.tell(f"   two clerks see version {seen.version} with {seen.balance} and both pay out {amount}")
        self._show(self.store.append(stream, withdrawal(seen, amount), seen.version).events[0])
        try:
            self.store.append(stream, withdrawal(seen, amount), seen.version)
        except ConcurrencyError as error:
            self.tell(f"   the second clerk gets: {error}")
        try:
            withdraw(self.store, self.ada, amount)
        except Refused as refusal:
            self.tell(f"   looks again, decides again: refused, {refusal}")

    def batch(self) -> None:
        """Move money between two streams, all or nothing."""
        self.tell("\n3. A transfer: two streams, all or nothing")
        for result in transfer(self.store, self.grace, self.ada, Decimal("25.50")):
            self._show(result.events[0])

    def repeat(self) -> None:
        """Send the same event twice, as after a lost connection."""
        self.tell("\n4. The same event sent twice is stored once")
        event = NewEvent("MoneyDeposited", {"amount": Decimal("10.00")})
        first = self.store.append(stream_of(self.ada), [event])
        again = self.store.append(stream_of(self.ada), [event])
        self.tell(f"   first at version {first.version}, again at version {again.version}, replayed={again.replayed}")

    def follow(self) -> None:
        """Bring the read model up to date, as a worker does all the time."""
        self.tell("\n5. A subscription keeps a table of balances")
        SubscriptionRunner(self.store.using, chosen(["balances"])).run_to_head(threaded=False)
        for balance in Balance.objects.in_use().filter(account_id__in=[self.ada, self.grace]).order_by("pk"):
            self.tell(f"   {balance}")

    def read(self) -> None:
        """Read by stream, category and the global order, and as of a moment."""
        self.tell("\n6. Read")
        account = load(self.store, self.ada)
        self.tell(f"   {stream_of(self.ada)}: {account.owner} has {account.balance} at version {account.version}")
        before = replay(self.store.get_events(stream_of(self.ada), to_version=3))
        self.tell(f"   the same at version 3: {before.balance}")
        head = self.store.head_position()
        count = len(self.store.get_category_events("Account", from_position=max(1, head - 99)))
        self.tell(f"   $all is settled up to position {head}; {count} of its last 100 are of category Account")
        known = Event.objects.stream(stream_of(self.grace)).as_of(datetime.now(UTC)).count()
        correlated = Event.objects.correlated_with(f"demo-{self.ada}").count()
        self.tell(f"   {known} events of {stream_of(self.grace)} are known by now; {correlated} share a correlation id")

    def _show(self, event: RecordedEvent) -> None:
        details = ", ".join(f"{key}={value}" for key, value in event.payload.items())
        self.tell(
            f"   {event.position:>6}  {event.stream_id:<16} v{event.event_version}  {event.event_type:<16} {details}"
        )
