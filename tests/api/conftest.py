"""Clients: users with some permissions, none, and nobody; and subscriptions for them to operate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from eventstore_django import RecordedEvent, RetryPolicy, subscription
from eventstore_django.subscriptions.declarations import registry

Login: TypeAlias = Callable[..., Client]


@pytest.fixture
def login(db: None) -> Login:
    """Make a user with these permissions and log in."""

    def logged_in(*codenames: str, csrf: bool = False, name: str = "") -> Client:
        users: Any = get_user_model()._default_manager
        user = users.create_user(username=name or f"user-{users.count()}")
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client = Client(enforce_csrf_checks=csrf)
        client.force_login(user)
        return client

    return logged_in


@pytest.fixture
def writer(login: Login) -> Client:
    return login("view_event", "add_event", name="writer")


@pytest.fixture
def reader(login: Login) -> Client:
    return login("view_event", name="reader")


@pytest.fixture
def operator(login: Login) -> Client:
    return login("view_event", "change_subscription", name="operator")


@pytest.fixture
def stranger(login: Login) -> Client:
    return login(name="stranger")


@pytest.fixture
def csrf_checked_writer(login: Login) -> Client:
    return login("view_event", "add_event", csrf=True)


@pytest.fixture
def handled() -> Iterator[list[str]]:
    """Declare the subscription ``totals``, which fails at events of type Broken; give the streams that it handled."""
    streams: list[str] = []

    @subscription("totals", retries=RetryPolicy(attempts=1))
    def handle(event: RecordedEvent) -> None:
        if event.event_type == "Broken":
            raise ValueError(f"broken is {event.stream_id}")
        streams.append(event.stream_id)

    yield streams
    declaration = registry.get("totals")
    if declaration is not None:
        registry.remove(declaration)
