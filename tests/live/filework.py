"""What processes do on a database in a file. Apart from the tests: it is loaded before Django's models."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.core.management import call_command

from eventstore_django import EventStore, NewEvent


def prepare() -> None:
    call_command("migrate", verbosity=0)
    get_user_model()._default_manager.create_superuser(username="reader", password="reader")


def append(count: int) -> list[int]:
    result = EventStore().append("Account-1", [NewEvent("Noted", {"number": n}) for n in range(count)])
    return [event.position for event in result.events]
