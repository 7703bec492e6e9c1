"""What the contract of subscriptions needs: handlers that note what they are given, and a worker without threads."""

# ruff: noqa: D102  # short helpers say what they do in their names

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from ...erasure import erasure
from ...events import NewEvent, RecordedEvent
from ...models import ParkedEvent, Snapshot, Subscription, SubscriptionShard
from ...subscriptions.context import EventContext, event_context
from ...subscriptions.declarations import subscription
from ...subscriptions.retrying import RetryPolicy
from ...workers.choosing import chosen
from ...workers.runner import SubscriptionRunner
from ...workers.stopping import StopFlag
from ..subscriptions import temporary_subscriptions
from .case import ContractCase, noted

NAME = "followed"


class Refusal(Exception):
    """What a handler raises on purpose."""


class Follower:
    """A handler that notes each call in memory, and writes a row, which stays only if its transaction does."""

    def __init__(self, using: str, name: str) -> None:
        self._using = using
        self._name = name
        self.calls: list[int] = []
        """The numbers of the events that it was called with, whatever became of it."""
        self.contexts: list[EventContext] = []
        self.events: list[RecordedEvent] = []
        self.failing: set[int] = set()
        """Numbers of events that it fails at, after it has written its row."""
        self.meanwhile: Callable[[RecordedEvent], object] = lambda event: None
        """What else happens while it handles an event."""

    def handle(self, event: RecordedEvent) -> None:
        number = event.payload.get("number", 0)
        self.calls.append(number)
        self.events.append(event)
        self.contexts.append(event_context())
        self.write(event)
        self.meanwhile(event)
        if number in self.failing:
            raise Refusal(f"number {number}")

    def handle_batch(self, events: list[RecordedEvent]) -> None:
        for event in events:
            self.handle(event)

    def write(self, event: RecordedEvent) -> None:
        self._rows().create(
            stream_id=f"{self._name}/{event.event_id}",
            aggregate_id=event.aggregate_id,
            aggregate_type=self._name,
            version=event.event_version,
            data=event.payload,
        )

    def written(self) -> list[int]:
        """The numbers of the events whose rows are there, in the order in which they were written."""
        return [data["number"] for data in self._rows().order_by("pk").values_list("data", flat=True)]

    def forget(self) -> None:
        """Remove all rows, as a handler's ``reset`` does."""
        self._rows().delete()

    def _rows(self) -> QuerySet[Snapshot]:
        rows: QuerySet[Snapshot] = Snapshot.objects.using(self._using).filter(aggregate_type=self._name)
        return rows


class SubscriptionCase(ContractCase):
    """Subscriptions that are declared for one test, run on the test's own connection."""

    @pytest.fixture(autouse=True)
    def declarations_are_forgotten(self) -> Iterator[None]:
        with temporary_subscriptions():
            yield

    def follower(self, name: str = NAME, **options: Any) -> Follower:
        """Declare a subscription that is handled by a new follower. A second one of that name takes its place."""
        follower = Follower(self.using, name)
        subscription(name, **options)(follower.handle)
        return follower

    def failing_at(self, *given: int, attempts: int = 3, **options: Any) -> Follower:
        """Declare a subscription whose handler fails at some numbers."""
        follower = self.follower(**{"retries": patient(attempts), **options})
        follower.failing = set(given)
        return follower

    def with_parked(self, *given: int) -> Follower:
        """Append numbers to one stream whose first can't be handled, and let it be parked."""
        follower = self.follower(retries=patient(attempts=1))
        follower.failing = {given[0]}
        self.append_numbers("A-1", *given)
        self.run()
        return follower

    def run(self, *names: str, stop: StopFlag | None = None) -> None:
        """Let these subscriptions, by default the one of the test, handle what is there and due."""
        head = -1
        while head < self.store.head_position():
            # A run ends where the log ended when it began; handlers may have appended.
            head = self.store.head_position()
            SubscriptionRunner(self.using, chosen(names or [NAME]), stop=stop).run_to_head(threaded=False)

    def append_numbers(self, stream_id: str, *given: int) -> list[RecordedEvent]:
        return list(self.store.append(stream_id, [noted(number) for number in given]).events)

    def append_one(self, stream_id: str, event: NewEvent) -> RecordedEvent:
        return self.store.append(stream_id, [event]).events[0]

    def erase(self, stream_id: str) -> None:
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream(stream_id))

    # What stands in the tables

    def subscription_row(self, name: str = NAME) -> Subscription:
        return Subscription.objects.using(self.using).get(pk=name)

    def shards_of(self, name: str = NAME) -> QuerySet[SubscriptionShard]:
        return SubscriptionShard.objects.using(self.using).filter(subscription=name).order_by("number")

    def only_shard(self, name: str = NAME) -> SubscriptionShard:
        return self.shards_of(name).get()

    def kept_aside(self, name: str = NAME) -> QuerySet[ParkedEvent]:
        return ParkedEvent.objects.using(self.using).filter(subscription=name).order_by("position")

    def states(self, name: str = NAME) -> list[tuple[str, str, int]]:
        """Stream, status and attempts of what was not handled in its turn."""
        return list(self.kept_aside(name).values_list("stream_id", "status", "attempts"))

    # What happens to them

    def in_an_hour(self) -> datetime:
        return timezone.now() + timedelta(hours=1)

    def let_time_pass(self) -> None:
        """Make due what waits for its next attempt."""
        self.kept_aside().exclude(retry_at=None).update(retry_at=timezone.now() - timedelta(hours=1))

    def end_without_a_word(self, **changes: Any) -> None:
        """Leave the shard as the owner does whose process was killed: it had ten events in hand."""
        past = timezone.now() - timedelta(hours=1)
        left = {"owner": uuid4(), "lease_until": past, "in_flight": 10, **changes}
        self.shards_of().update(**left)


def patient(attempts: int) -> RetryPolicy:
    """Retry after hours: each attempt needs ``let_time_pass``."""
    return RetryPolicy(attempts, first_delay=3600, longest_delay=36_000)
