"""What a physical standby says to those who would write."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from rest_framework.test import APIRequestFactory, force_authenticate

from eventstore_django import AggregateSnapshot, AppendOperation, EventStore, NewEvent, ReadOnlyDatabase, subscription
from eventstore_django.api.base import EventStoreView
from eventstore_django.api.events import EventListView
from eventstore_django.api.live.views import LiveView
from eventstore_django.api.stats import StatsView
from eventstore_django.api.streamevents import StreamEventsView
from eventstore_django.subscriptions.declarations import registry

from .conftest import STANDBY

if TYPE_CHECKING:
    from pytest_django import Settings

STREAM = f"Account-{uuid4()}"
EVENT = NewEvent("Happened", {})

WRITES: dict[str, Callable[[EventStore], object]] = {
    "one": lambda store: store.append(STREAM, [EVENT]),
    "several": lambda store: store.append(STREAM, [EVENT, NewEvent("Happened", {})]),
    "batch": lambda store: store.append_batch([AppendOperation(STREAM, [EVENT]), AppendOperation("Account-2", [])]),
    "snapshot": lambda store: store.save_snapshot(AggregateSnapshot("1", "Account", 1, {})),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("function", [True, False], ids=["function", "orm"])
def test_it_is_refused_with_the_name_of_the_database_and_nothing_is_written(
    store: EventStore, standby: EventStore, settings: Settings, function: bool, write: Callable[[EventStore], object]
) -> None:
    settings.EVENTSTORE = {"APPEND_FUNCTION": function}
    with pytest.raises(ReadOnlyDatabase, match="'standby' takes no writes") as caught:
        write(standby)
    assert caught.value.alias == STANDBY
    assert store.get_stream_version(STREAM) == 0


@pytest.fixture
def declared() -> Iterator[None]:
    """Declare a subscription: without one a worker has nothing to begin."""
    subscription("of-a-standby")(lambda event: None)
    yield
    declaration = registry.get("of-a-standby")
    assert declaration is not None
    registry.remove(declaration)


@pytest.mark.usefixtures("declared")
def test_a_worker_says_why_it_can_not_work(standby: EventStore) -> None:
    with pytest.raises(CommandError, match="'standby' takes no writes"):
        call_command("run_subscriptions", database=STANDBY, once=True)


class Router:
    """The API of a project whose events are on the standby."""

    def db_for_write(self, model: type, **hints: object) -> str | None:
        return STANDBY if model._meta.app_label == "eventstore" else None  # type: ignore[attr-defined]  # a model


@pytest.fixture
def routed(standby: EventStore, settings: Settings) -> None:
    """Have the events of the API there."""
    settings.DATABASE_ROUTERS = [Router()]


def answer(view: type[EventStoreView], request: HttpRequest, **in_path: str) -> tuple[int, dict[str, Any]]:
    """Return what the API answers to somebody who may do everything."""
    user: Any = SimpleNamespace(pk=1, is_authenticated=True, is_active=True, has_perm=lambda name: True)
    force_authenticate(request, user)
    response = view.as_view()(request, **in_path).render()
    return response.status_code, json.loads(response.content)


@pytest.mark.usefixtures("routed")
def test_over_http_an_append_is_unavailable_there() -> None:
    body = {"events": [{"event_type": "Happened", "payload": {}}]}
    request = APIRequestFactory().post("/", body, format="json")
    code, problem = answer(StreamEventsView, request, stream_id=STREAM)
    assert (code, problem["title"], "standby" in problem["detail"]) == (503, "ReadOnlyDatabase", True)


@pytest.mark.usefixtures("routed")
@pytest.mark.parametrize("view", [EventListView, LiveView, StatsView])
def test_over_http_a_read_in_the_global_order_is_unavailable_there(view: type[EventStoreView]) -> None:
    code, problem = answer(view, APIRequestFactory().get("/"))
    assert (code, problem["title"], "standby" in problem["detail"]) == (503, "UnsafeRead", True)


@pytest.mark.usefixtures("routed")
def test_over_http_a_stream_is_read_there(store: EventStore) -> None:
    stream = f"Account-{uuid4()}"
    store.append(stream, [NewEvent("Happened", {})])
    code, page = answer(StreamEventsView, APIRequestFactory().get("/"), stream_id=stream)
    assert (code, [event["event_version"] for event in page["results"]]) == (200, [1])
