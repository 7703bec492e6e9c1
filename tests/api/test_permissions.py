"""Who may what, on every route there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent
from eventstore_django.api.urls import urlpatterns
from eventstore_django.models import Event

from .conftest import Login
from .routes import EXEMPT, PREFIX, READABLE, ROUTES, WRITABLE, Route

EACH = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.address)
EACH_READABLE = pytest.mark.parametrize("route", READABLE, ids=lambda route: route.address)
EACH_WRITABLE = pytest.mark.parametrize("route", WRITABLE, ids=lambda route: route.address)
METHODS = ["get", "post", "options", "head", "put", "patch", "delete"]


def _post(client: Client, route: Route) -> Any:
    return client.post(route.url, route.body, content_type="application/json")


def test_every_route_is_tried() -> None:
    names = {str(pattern.name) for pattern in urlpatterns if getattr(pattern, "name", None)}
    assert names - EXEMPT == {route.name for route in ROUTES}


@pytest.mark.django_db
@EACH
@pytest.mark.parametrize("method", METHODS)
def test_nobody_may_anything(client: Client, route: Route, method: str) -> None:
    response = getattr(client, method)(route.url)
    assert response.status_code in (401, 403)
    assert response["Content-Type"] == "application/problem+json"


@EACH
@pytest.mark.parametrize("method", METHODS)
def test_a_user_without_permission_may_nothing(stranger: Client, route: Route, method: str) -> None:
    assert getattr(stranger, method)(route.url).status_code == 403


@EACH_READABLE
def test_reading_needs_the_permission_to_view_events(reader: Client, route: Route) -> None:
    response = reader.get(route.url)
    assert response.status_code in (200, 404)
    assert response["Cache-Control"] == "no-cache, private"


@EACH_WRITABLE
def test_writing_needs_more_than_the_permission_to_read(reader: Client, route: Route) -> None:
    assert _post(reader, route).status_code == 403
    assert not Event.objects.exists()


@EACH_WRITABLE
def test_writing_needs_its_own_permission(login: Login, route: Route) -> None:
    assert route.post is not None
    others = {"view_event", "add_event", "change_subscription", "change_event"} - {route.post}
    assert _post(login(*others), route).status_code == 403
    assert _post(login(route.post), route).status_code in (201, 404)


@EACH_WRITABLE
def test_session_authentication_asks_for_the_csrf_token(login: Login, route: Route) -> None:
    careful = login("view_event", str(route.post), csrf=True)
    response = _post(careful, route)
    assert (response.status_code, "CSRF" in response.json()["detail"]) == (403, True)
    assert not Event.objects.exists()


@EACH
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_history_has_no_methods_to_change_it(login: Login, route: Route, method: str) -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {})])
    client = login("view_event", "add_event", "change_event", "delete_event", "change_subscription")
    response = getattr(client, method)(route.url)
    allowed = {"OPTIONS"} | ({"GET", "HEAD"} if route.get else set()) | ({"POST"} if route.post else set())
    assert response.status_code == 405
    assert set(response["Allow"].split(", ")) == allowed
    assert response["Content-Type"] == "application/problem+json"


@EACH_READABLE
def test_head_answers_as_get_without_a_body(reader: Client, route: Route) -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {})])
    got, head = reader.get(route.url), reader.head(route.url)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.get("ETag") == got.get("ETag")


@EACH
def test_options_tell_the_methods(reader: Client, route: Route) -> None:
    assert "OPTIONS" in reader.options(route.url)["Allow"]


@EACH_READABLE
def test_the_projects_defaults_do_not_open_it(client: Client, db: None, settings: Any, route: Route) -> None:
    settings.REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]}
    assert client.get(route.url).status_code in (401, 403)


def test_the_projects_throttles_apply(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from eventstore_django.api.kinds import CategoryListView

    from .throttling import NoMore

    monkeypatch.setattr(CategoryListView, "throttle_classes", [NoMore])
    response = reader.get(f"{PREFIX}categories/")
    assert (response.status_code, response["Retry-After"]) == (429, "7")
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["nothing/", "events/1/more/", "parked-events/x/retry/", "../streams/"])
def test_what_is_no_route_is_a_problem_too(reader: Client, address: str) -> None:
    response = reader.get(PREFIX + address)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.django_db
def test_what_is_no_route_tells_nobody_so(client: Client) -> None:
    assert client.get(f"{PREFIX}nothing/").status_code in (401, 403)


def test_a_missing_slash_is_added(reader: Client) -> None:
    assert reader.get(f"{PREFIX}events?limit=1")["Location"] == f"{PREFIX}events/?limit=1"
