"""Subscriptions to look at and to operate on, in the states that a running system has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db.models.functions import Now

from eventstore_django import EventStore, NewEvent, RecordedEvent, RetryPolicy, subscription
from eventstore_django.models import LogHead, ParkedEvent, Subscription, SubscriptionShard, Worker
from eventstore_django.testing.subscriptions import run_subscriptions_to_head

NAME = "balances"
SUBSCRIPTIONS = "/admin/eventstore/subscription/"
PARKED = "/admin/eventstore/parkedevent/"
OVERVIEW = "/admin/eventstore/overview/"


class Broken(Exception):
    """What handlers raise here."""


def append(*event_types: str, stream: str = "Account-1", payload: Any = None) -> list[int]:
    """Append an event of each type; return their positions."""
    events = [NewEvent(name, payload or {}) for name in event_types]
    return [event.position for event in EventStore().append(stream, events).events]


def follow(name: str = NAME, *, error: str = "no such account", **options: Any) -> list[int]:
    """Declare a subscription that fails at events of type Broken; return the positions that it handles."""
    handled: list[int] = []

    @subscription(name, retries=RetryPolicy(attempts=1), **options)
    def handle(event: RecordedEvent) -> None:
        if event.event_type == "Broken":
            raise Broken(error)
        handled.append(event.position)

    return handled


def run(*names: str) -> None:
    """Let the declared subscriptions handle what is there."""
    run_subscriptions_to_head(*names, raises=False)


def parked(stream: str = "Account-1", *behind: str, **options: Any) -> ParkedEvent:
    """Have an event parked, with others behind it; return its row."""
    append("Broken", *behind, stream=stream, payload={"amount": "5.00"})
    follow(**options)
    run()
    return ParkedEvent.objects.get(status="parked", stream_id=stream)


def employ(*names: str, name: str = "web-1:4711", shards: int | None = None, publishes: bool = False) -> Worker:
    """Let a worker run these subscriptions, and own so many shards of the first."""
    until = Now() + timedelta(hours=1)
    worker = Worker.objects.create(worker_id=uuid4(), name=name, subscriptions=list(names), lease_until=until)
    if shards:
        free = SubscriptionShard.objects.filter(subscription=names[0], owner=None).order_by("number")
        chosen = list(free.values_list("pk", flat=True)[:shards])
        SubscriptionShard.objects.filter(pk__in=chosen).update(owner=worker.pk, lease_until=until)
    if publishes:
        LogHead.objects.update_or_create(pk=1, defaults={"publisher": worker.pk, "publisher_until": until})
    return worker


def row(name: str = NAME) -> Subscription:
    return Subscription.objects.get(pk=name)


def user(*permissions: str, name: str = "grace") -> User:
    """Make a user of the admin who may only do this."""
    made = User.objects.create_user(name, password="secret", is_staff=True)
    found = Permission.objects.filter(codename__in=permissions, content_type__app_label="eventstore")
    assert found.count() == len(permissions)
    made.user_permissions.set(found)
    return made


def logged() -> list[tuple[str, str, str]]:
    """Return who did what to which object, as the admin's log has it."""
    entries = LogEntry.objects.order_by("pk").select_related("user")
    return [(entry.user.get_username(), entry.object_id or "", entry.get_change_message()) for entry in entries]
