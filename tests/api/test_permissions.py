from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent

ROUTES = [
    "/eventstore/events/",
    "/eventstore/events/1/",
    "/eventstore/events/018f0000-0000-7000-8000-000000000000/",
    "/eventstore/streams/Account-1/events/",
]


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["get", "post", "options", "head"])
def test_nobody_may_anything(client: Client, route: str, method: str) -> None:
    assert getattr(client, method)(route).status_code in (401, 403)


@pytest.mark.parametrize("route", ROUTES)
def test_a_user_without_permission_may_not_read(stranger: Client, route: str) -> None:
    assert stranger.get(route).status_code == 403


def test_a_reader_may_not_append(reader: Client) -> None:
    body = {"events": [{"event_type": "Noted", "payload": {}}]}
    response = reader.post("/eventstore/streams/Account-1/events/", body, content_type="application/json")
    assert (response.status_code, EventStore().stream_exists("Account-1")) == (403, False)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_history_has_no_methods_to_change_it(writer: Client, route: str, method: str) -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {})])
    assert getattr(writer, method)(route).status_code == 405


def test_the_projects_defaults_do_not_open_it(client: Client, db: None, settings: Any) -> None:
    settings.REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]}
    assert client.get("/eventstore/events/").status_code in (401, 403)
