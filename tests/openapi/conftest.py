"""A log to ask about, and a user who may do everything, who names himself with each request."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from eventstore_django import EventStore, NewEvent, RecordedEvent, RetryPolicy, subscription
from eventstore_django.api.live import waiting
from eventstore_django.models import Snapshot
from eventstore_django.subscriptions.declarations import registry
from eventstore_django.testing.subscriptions import run_subscriptions_to_head


@pytest.fixture
def credentials(db: None) -> dict[str, str]:
    """Headers of a superuser."""
    get_user_model()._default_manager.create_superuser("root", password="secret")
    return {"Authorization": "Basic " + base64.b64encode(b"root:secret").decode()}


@pytest.fixture
def log(db: None) -> Iterator[None]:
    """Streams of two tenants, a snapshot, and a subscription with an event that was parked."""
    store = EventStore()
    for name in ("Account-1", "tenant-1/Account/1", "orders:7", "odd//name/.."):
        store.append(name, [NewEvent("Noted", {"number": n}) for n in range(5)])
    store.append("Account-1", [NewEvent("Broken", {}), NewEvent("Noted", {})])
    Snapshot._default_manager.create(
        stream_id="Account-1", aggregate_id="1", aggregate_type="Account", version=3, data={"total": 3}
    )

    @subscription("totals", retries=RetryPolicy(attempts=1))
    def handle(event: RecordedEvent) -> None:
        if event.event_type == "Broken":
            raise ValueError("broken")

    run_subscriptions_to_head("totals", raises=False)
    yield
    declaration = registry.get("totals")
    if declaration is not None:
        registry.remove(declaration)


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no page wait for its first event."""
    monkeypatch.setattr(waiting, "first_found", lambda head, look, seconds: look())


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """Keep the connection, and with it the test's transaction, between requests, as Django's client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
