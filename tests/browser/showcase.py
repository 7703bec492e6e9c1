"""A history worth looking at: a bank with a transfer across streams, and the orders of two other tenants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from eventstore_django import (
    Aggregate,
    AggregateSnapshot,
    AppliedEvent,
    EventStore,
    NewEvent,
    RecordedEvent,
    Repository,
    applies,
    event_metadata,
)
from eventstore_django.context import caused_by
from eventstore_django.encoding import JSONObject
from eventstore_django.models import Subscription, SubscriptionShard

MORNING = datetime(2026, 3, 2, 9, 14, 3, 120_000, tzinfo=UTC)
TRANSFER = "transfer-8f41c2"


class Story:
    """Appends events as time goes by; ids follow from their place, so that pictures stay the same."""

    def __init__(self) -> None:
        self.store = EventStore()
        self.now = MORNING
        self.told = 0

    def tell(self, stream: str, event_type: str, after: timedelta, **payload: Any) -> RecordedEvent:
        """Let something happen."""
        self.now += after
        self.told += 1
        event_id = UUID(f"019cae2f-51d0-7{self.told:03x}-9d4e-3b7a60c1{self.told:04x}")
        event = NewEvent(event_type, payload, event_id=event_id, occurred_at=self.now)
        return self.store.append(stream, [event]).events[0]

    def opens(self, account: str, owner: str, email: str) -> RecordedEvent:
        """Open an account."""
        holder = {"name": owner, "email": email, "verified": True}
        return self.tell(f"Account-{account}", "AccountOpened", seconds(41), owner=holder, currency="EUR", limit=500)

    def pays(self, account: str, amount: str, kind: str = "MoneyDeposited", **more: Any) -> RecordedEvent:
        """Move money at a counter."""
        return self.tell(f"Account-{account}", kind, seconds(137), amount=amount, **more)


def seconds(number: float) -> timedelta:
    """Say how long."""
    return timedelta(seconds=number)


class Account(Aggregate, registered=False):
    """The bank's account, for the states of its streams."""

    aggregate_type = "Account"
    ignores_unknown_events = True

    def __init__(self, aggregate_id: Any) -> None:
        super().__init__(aggregate_id)
        self.owner: dict[str, Any] = {}
        self.balance = Decimal("0.00")
        self.limit = 0
        self.last_transfers: list[dict[str, str]] = []

    @applies("AccountOpened")
    def _opened(self, event: AppliedEvent) -> None:
        self.owner, self.limit = dict(event.payload["owner"]), event.payload["limit"]

    @applies("LimitChanged")
    def _limited(self, event: AppliedEvent) -> None:
        self.limit = event.payload["limit"]

    @applies("MoneyDeposited", "MoneyWithdrawn", "TransferSent", "TransferReceived")
    def _moved(self, event: AppliedEvent) -> None:
        amount = Decimal(event.payload["amount"])
        self.balance += amount if event.event_type in ("MoneyDeposited", "TransferReceived") else -amount
        if event.event_type == "TransferSent":
            self.last_transfers = [*self.last_transfers, {"to": event.payload["to"], "amount": event.payload["amount"]}]

    def to_snapshot(self) -> JSONObject:
        """Return the whole state."""
        return {
            "owner": self.owner,
            "balance": self.balance,
            "limit": self.limit,
            "last_transfers": self.last_transfers,
        }

    def from_snapshot(self, data: JSONObject) -> None:
        """Take it back."""
        self.owner, self.limit, self.last_transfers = data["owner"], data["limit"], data["last_transfers"]
        self.balance = Decimal(data["balance"])


def tell_everything() -> Story:
    """Write the history, with snapshots and subscriptions."""
    story = Story()
    _orders(story)
    _accounts(story)
    _transfer(story)
    _followers(story)
    return story


def _followers(story: Story) -> None:
    for account, version in (("1001", 2), ("1001", 5), ("1003", 2)):
        data = Repository(Account, store=story.store).get(account, version=version).displayed_state()
        story.store.save_snapshot(AggregateSnapshot(account, "Account", version, data))
    head = story.store.head_position()
    followers: dict[str, tuple[list[str], int]] = {
        "balances": (["Account"], 0),
        "fraud-alerts": ([], 3),
        "order-mails": (["Order"], 0),
    }
    for name, (categories, behind) in followers.items():
        row = Subscription.objects.create(name=name, settings={"categories": categories})
        SubscriptionShard.objects.create(subscription=row, number=0, position=head - behind)


@contextmanager
def _clerk(name: str, request: str) -> Iterator[None]:
    with event_metadata(user=name, request_id=request):
        yield


def _orders(story: Story) -> None:
    lines = [
        {"sku": "LAMP-20", "title": "Desk lamp", "quantity": 2, "price": "39.90"},
        {"sku": "BULB-E27", "title": "Bulb, warm white", "quantity": 4, "price": "4.50"},
    ]
    for tenant, order, customer in (("acme", "2041", "Mary"), ("acme", "2042", "Jean"), ("globex", "77", "Dorothy")):
        stream = f"{tenant}/Order/{order}"
        buyer = {"name": customer, "vip": tenant == "globex"}
        with event_metadata(user=f"{customer.lower()}@{tenant}.example", correlation_id=f"checkout-{tenant}-{order}"):
            filled = story.tell(f"{tenant}/Cart/{customer}", "CartCheckedOut", seconds(64), items=2, coupon=None)
            with caused_by(filled):
                placed = story.tell(stream, "OrderPlaced", seconds(0.31), customer=buyer, lines=lines, total="97.80")
            with caused_by(placed):
                paid = story.tell(stream, "PaymentReceived", seconds(2.41), amount="97.80", method="card")
            with caused_by(paid):
                story.tell(stream, "OrderShipped", seconds(5400), carrier="DHL", parcels=1)


def _accounts(story: Story) -> None:
    with _clerk("grete", "req-51c0"):
        story.opens("1001", "Ada Lovelace", "ada@example.com")
        story.opens("1002", "Grace Hopper", "grace@example.com")
        story.opens("1003", "Émilie du Châtelet", "emilie@example.com")
        story.pays("1001", "250.00", note="opening deposit")
        story.pays("1002", "80.00")
        story.pays("1003", "1200.00", note="salary")
    with _clerk("hedy", "req-77d2"):
        story.pays("1001", "70.00", "MoneyWithdrawn", branch="Linz")
        story.tell("Account-1001", "LimitChanged", seconds(12), limit=800, reason="asked for by the owner")
        story.pays("1001", "35.20")
        story.pays("1003", "310.00", "MoneyWithdrawn", branch="Wien")


def _transfer(story: Story) -> None:
    with event_metadata(user="ada", request_id="req-8f41", correlation_id=TRANSFER):
        asked = story.tell(
            "Transfer-8f41c2",
            "TransferRequested",
            timedelta(minutes=9),
            amount="120.00",
            source="1001",
            target="1002",
            note="Rent for March",
        )
        with caused_by(asked):
            sent = story.tell("Account-1001", "TransferSent", seconds(0.038), amount="120.00", to="1002")
            story.tell("Fraud-checks", "TransferScreened", seconds(0.021), score=0.04, rules=["amount", "country"])
        with caused_by(sent):
            received = story.tell("Account-1002", "TransferReceived", seconds(0.044), amount="120.00", source="1001")
            story.tell("Mails-ada", "MailQueued", seconds(0.019), template="transfer-sent", to="ada@example.com")
        with caused_by(received):
            done = story.tell("Transfer-8f41c2", "TransferCompleted", seconds(0.035), seconds="0.119")
        with caused_by(done):
            story.tell("Mails-grace", "MailQueued", seconds(0.052), template="money-arrived", to="grace@example.com")
            story.tell("Statements-2026-03", "StatementLineAdded", seconds(0.091), account="1001", amount="-120.00")
    _after(story)


def _after(story: Story) -> None:
    with _clerk("hedy", "req-90aa"):
        story.pays("1002", "15.00", "MoneyWithdrawn", branch="Graz")
        story.pays("1001", "18.75")
