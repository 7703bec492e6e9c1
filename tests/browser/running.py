"""A store that has been in use for a day: rates, workers, subscriptions in every state, a parked stream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import sin
from typing import Any
from uuid import uuid4

from django.db.models import Max
from django.utils import timezone

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import Event, LogHead, ParkedEvent, Stream, Subscription, SubscriptionShard, Worker
from eventstore_django.workers.sampling import KEPT, SAMPLE_SECONDS

ERROR = """Traceback (most recent call last):
  File "eventstore_django/subscriptions/handlers.py", line 40, in _hand
    answer = self._call(given)
  File "shop/subscribers.py", line 27, in handle
    account = Account.objects.get(pk=event.aggregate_id)
  File "django/db/models/query.py", line 633, in get
    raise self.model.DoesNotExist(
shop.models.Account.DoesNotExist: Account matching query does not exist."""
CATEGORIES = ("Order", "Order", "Order", "Order", "Account", "Account", "Cart", "Invoice")
TYPES = (
    "OrderPlaced",
    "OrderPaid",
    "OrderShipped",
    "OrderPlaced",
    "AccountOpened",
    "MoneyDeposited",
    "ItemAdded",
    "Sent",
)
EVENTS = 4000


def fill() -> None:
    """Put it into the database."""
    now = timezone.now()
    events = Event._base_manager.bulk_create(_events(now))
    names = {event.stream_id: event.category for event in events}
    Stream.objects.bulk_create(Stream(stream_id=name, version=1, category=category) for name, category in names.items())
    EventStore().append("Account-1007", [NewEvent("MoneyDeposited", {"amount": "250.00", "from": "Order-4411"})])
    last = Event.objects.aggregate(last=Max("position"))["last"]
    workers = [_worker(f"worker-{number}:{4000 + 17 * number}", now) for number in (1, 2, 3)]
    head = {"position": last, "publisher": workers[0].pk, "publisher_until": now + timedelta(hours=1)}
    LogHead.objects.update_or_create(pk=1, defaults=head)
    _subscription("balances", last, [0, 0, 3, 1], workers, _lags(lambda n: 6 + 5 * sin(n / 2)), now)
    _subscription("invoices", last, [840, 910], workers[1:], _lags(lambda n: 3000 - 53 * n), now)
    _subscription("search", last, [2350], workers[2:], _lags(lambda n: 60 * n), now)
    _subscription("mails", last, [1200], [], [], now, status="paused")
    _subscription("audit", last, [400], [], [], now, status="stopped", last_error=ERROR, last_error_at=now)
    _park(Event.objects.get(stream_id="Account-1007"))


def _events(now: datetime) -> Iterator[Event]:
    for number in range(EVENTS):
        # Denser at some hours than at others, and ascending as positions do.
        part = number / EVENTS
        at = now - timedelta(seconds=86_400 * (1 - part) + 2_400 * sin(25 * part) - 2_400 * sin(25))
        category = CATEGORIES[number % len(CATEGORIES)]
        yield Event(
            event_id=uuid4(),
            stream_id=f"{category}-{number % 700}",
            category=category,
            aggregate_id=str(number % 700),
            aggregate_type=category,
            event_type=TYPES[number % len(TYPES)],
            event_version=1 + number // 700,
            payload={"number": number},
            occurred_at=at,
            created_at=at,
        )


def _worker(name: str, now: datetime) -> Worker:
    return Worker.objects.create(
        worker_id=uuid4(),
        name=name,
        subscriptions=["balances", "invoices", "search"],
        started_at=now - timedelta(hours=7),
        lease_until=now + timedelta(hours=1),
    )


def _lags(curve: Any) -> list[int]:
    return [max(0, round(curve(number))) for number in range(KEPT)]


def _subscription(
    name: str, last: int, behind: list[int], workers: list[Worker], lags: list[int], now: datetime, **changes: Any
) -> None:
    settings = {
        "handler": f"shop.subscribers.{name}",
        "categories": ["Account", "Order"],
        "event_types": [],
        "shards": 1,
    }
    shards = range(len(behind))
    begun = round(now.timestamp()) - SAMPLE_SECONDS * (len(lags) - 1)
    samples = [
        [begun + SAMPLE_SECONDS * number, 40_000 + 260 * number, *(max(0, lag - 7 * shard) for shard in shards)]
        for number, lag in enumerate(lags)
    ]
    row = Subscription.objects.create(name=name, settings=settings, **changes)
    _note(name, samples)
    for number, lag in enumerate(behind):
        owner = workers[number % len(workers)].pk if workers else None
        SubscriptionShard.objects.create(
            subscription=row,
            number=number,
            position=last - lag,
            handled=12_345 + number,
            owner=owner,
            lease_until=now + timedelta(hours=1),
        )


def _note(name: str, samples: list[list[int]]) -> None:
    row, _ = LogHead.objects.get_or_create(pk=LogHead.SAMPLES, defaults={"samples": {}})
    LogHead.objects.filter(pk=row.pk).update(samples={**(row.samples or {}), name: samples})


def _park(failed: Event) -> None:
    deposit = [NewEvent("MoneyDeposited", {"amount": f"{number}.00"}) for number in range(1, 4)]
    waiting = EventStore().append(failed.stream_id, deposit).events
    common = {"subscription_id": "balances", "shard": 2, "stream_id": failed.stream_id}
    ParkedEvent.objects.create(
        **common,
        position=failed.position,
        event_id=failed.event_id,
        event_type=failed.event_type,
        status="parked",
        attempts=5,
        error=ERROR,
    )
    for event in waiting:
        ParkedEvent.objects.create(
            **common, position=event.position, event_id=event.event_id, event_type=event.event_type, status="waiting"
        )
