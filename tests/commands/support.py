"""Running operators' commands, and subscriptions for them to operate on."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.core.management import call_command
from django.db.models.functions import Now

from eventstore_django import EventStore, NewEvent, RecordedEvent, RetryPolicy, subscription
from eventstore_django.models import ParkedEvent, Subscription, SubscriptionShard, Worker
from eventstore_django.testing.subscriptions import run_subscriptions_to_head

NAME = "balances"
ONCE = RetryPolicy(attempts=1)
OFTEN = RetryPolicy(attempts=5, first_delay=1000, longest_delay=1000)


class Broken(Exception):
    """What handlers raise here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has written."""

    out: str
    err: str


def command(name: str, *arguments: object) -> Answer:
    """Run a command as an operator would, without a terminal."""
    out, err = io.StringIO(), io.StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=err, no_color=True)
    return Answer(out.getvalue(), err.getvalue())


def append(*event_types: str, stream: str = "Account-1", using: str = "default") -> list[int]:
    """Append an event of each type; return their positions."""
    events = [NewEvent(name, {}) for name in event_types]
    return [event.position for event in EventStore(using).append(stream, events).events]


def declare(name: str = NAME, *, retries: RetryPolicy = ONCE, shards: int = 1) -> list[int]:
    """Declare a subscription that fails at events of type Broken; return the list of positions that it fills."""
    handled: list[int] = []

    @subscription(name, retries=retries, shards=shards)
    def handle(event: RecordedEvent) -> None:
        if event.event_type == "Broken":
            raise Broken(f"at {event.position}\nand more")
        handled.append(event.position)

    return handled


def run(*names: str, using: str = "default") -> None:
    """Let the declared subscriptions handle what is there."""
    run_subscriptions_to_head(*names, using=using, raises=False)


def employ(*names: str, seconds: float = 3600) -> None:
    """Let there be a worker that runs these subscriptions, so many seconds from its end."""
    until = Now() + timedelta(seconds=seconds)
    Worker.objects.create(worker_id=uuid4(), name="somewhere:1", subscriptions=list(names), lease_until=until)


def stored(name: str = NAME, using: str = "default") -> Subscription:
    return Subscription.objects.using(using).get(pk=name)


def shard(name: str = NAME, using: str = "default") -> SubscriptionShard:
    return SubscriptionShard.objects.using(using).get(subscription=name)


def kept() -> list[tuple[int, str]]:
    """Return position and status of what is kept aside."""
    return list(ParkedEvent.objects.order_by("position").values_list("position", "status"))
