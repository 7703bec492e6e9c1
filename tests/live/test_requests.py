"""What is refused, and what is asked anew, without a server: the feeds are not read here."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from eventstore_django import EventStore, NewEvent
from eventstore_django.api.live import waiting
from eventstore_django.api.live.access import asked_again
from eventstore_django.api.live.following import THREAD_PLACES
from eventstore_django.api.live.heads import Head
from eventstore_django.api.live.views import LiveView

LIVE = "/eventstore/events/live/"
EVENTS = "/eventstore/events/"


@pytest.fixture
def user(db: None) -> User:
    user = get_user_model()._default_manager.create_user(username="reader")
    user.user_permissions.set(Permission.objects.filter(codename="view_event"))
    return user


@pytest.fixture
def reader(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("method", ["get", "head", "options", "post"])
def test_nobody_may_follow(client: Client, db: None, method: str) -> None:
    assert getattr(client, method)(LIVE).status_code in (401, 403)


@pytest.mark.parametrize("method", ["head", "post", "put", "delete"])
def test_a_feed_is_only_to_be_got(reader: Client, method: str) -> None:
    assert getattr(reader, method)(LIVE).status_code in (403, 405)


def test_a_user_without_permission_may_not_follow(reader: Client, user: User) -> None:
    user.user_permissions.clear()
    response = reader.get(LIVE, headers={"Accept": "text/event-stream"})
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "header", "field"),
    [
        ("after=-1", "", "after"),
        ("after=1&after=2", "", "after"),
        ("categroy=Account", "", "categroy"),
        ("limit=5", "", "limit"),
        ("direction=backward", "", "direction"),
        ("category=%00", "", "category"),
        ("after=1", "one", "Last-Event-ID"),
        ("after=1", "99999999999999999999", "Last-Event-ID"),
    ],
)
def test_a_bad_parameter_or_header_is_named(reader: Client, query: str, header: str, field: str) -> None:
    response = reader.get(f"{LIVE}?{query}", headers={"Last-Event-ID": header})
    assert (response.status_code, response.json()["field"]) == (400, field)


def test_a_request_that_is_refused_takes_no_place(reader: Client, settings: Any) -> None:
    settings.EVENTSTORE = {"LIVE_THREADS": 1}
    for _ in range(3):
        assert reader.get(f"{LIVE}?after=-1").status_code == 400
    response = reader.get(LIVE)
    assert (response.status_code, reader.get(LIVE).status_code) == (200, 503)
    response.close()
    assert len(THREAD_PLACES) == 0


def test_no_places_at_all_switch_feeds_off(reader: Client, settings: Any) -> None:
    settings.EVENTSTORE = {"LIVE_THREADS": 0}
    response = reader.get(LIVE)
    assert (response.status_code, response["Retry-After"]) == (503, "2")


# Asked again


class Token(BaseAuthentication):
    """One token, which can be taken back."""

    valid = True

    def authenticate(self, request: Request) -> tuple[Any, None]:
        if not self.valid:
            raise AuthenticationFailed
        return User.objects.get(username="reader"), None


def _view(request: HttpRequest, **attributes: Any) -> LiveView:
    view = LiveView(**attributes)
    view.setup(request)
    view.dispatch(request)
    return view


def _with_session(user: User) -> HttpRequest:
    client = Client()
    client.force_login(user)
    request = RequestFactory().get(LIVE)
    request.session = SessionStore(client.session.session_key)
    request.user = user
    return request


def test_who_may_still_follow_gets_what_the_scope_is_now(user: User, settings: Any) -> None:
    view = _view(_with_session(user))
    before = view._selection_now()
    settings.EVENTSTORE = {"API_SCOPE": "tests.live.scopes.tenant_one"}
    after = view._selection_now()
    assert before is not None
    assert after is not None
    assert before.key != after.key


def test_a_session_that_has_ended_follows_no_more(user: User) -> None:
    request = _with_session(user)
    view = _view(request)
    assert view._selection_now() is not None
    SessionStore(request.session.session_key).flush()
    assert view._selection_now() is None


def test_a_token_that_was_taken_back_follows_no_more(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    request = RequestFactory().get(LIVE)
    request.user = AnonymousUser()
    # The framework puts the user of the token into the request, where the session's is looked for.
    view = _view(request, authentication_classes=[SessionAuthentication, Token])
    assert view._selection_now() is not None
    monkeypatch.setattr(Token, "valid", False)
    assert view._selection_now() is None


def test_a_user_whom_other_middleware_has_found_is_looked_up_again(user: User) -> None:
    request = RequestFactory().get(LIVE)
    request.user = SimpleLazyObject(lambda: user)  # type: ignore[assignment]  # as middleware does
    assert asked_again(request).user == user
    User.objects.filter(pk=user.pk).update(first_name="Ada")
    assert asked_again(request).user.first_name == "Ada"  # type: ignore[union-attr]
    user.delete()
    assert asked_again(request).user is None


def test_what_is_asked_again_leaves_the_request_alone(user: User) -> None:
    request = _with_session(user)
    session = request.session
    again = asked_again(request)
    assert (request.user is user, request.session is session) == (True, True)
    assert again.session is not session


# Long polls


def test_a_page_that_has_something_does_not_wait(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "first_found", None)
    position = EventStore().append("Account-1", [NewEvent("Noted", {})]).events[0].position
    page = reader.get(f"{EVENTS}?after={position - 1}&wait=20").json()
    assert [event["position"] for event in page["results"]] == [position]


@pytest.mark.parametrize(
    "query", ["wait=-1", "wait=26", "wait=soon", "wait=1&direction=backward", "wait=1&format=jsonl"]
)
def test_a_wait_that_can_not_be_is_named(reader: Client, query: str) -> None:
    response = reader.get(f"{EVENTS}?{query}")
    assert (response.status_code, response.json()["field"]) == (400, "wait")


def test_no_more_polls_wait_than_may(reader: Client, settings: Any) -> None:
    settings.EVENTSTORE = {"LIVE_THREADS": 0}
    assert reader.get(f"{EVENTS}?wait=0").status_code == 200
    response = reader.get(f"{EVENTS}?wait=20")
    assert (response.status_code, response["Retry-After"]) == (503, "2")


class QuietHead(Head):
    """A head that nobody follows."""

    def __init__(self) -> None:
        super().__init__("default")
        self._is_followed = True


def test_a_poll_looks_again_when_the_head_has_moved() -> None:
    head, looks = QuietHead(), list[int]()

    def look() -> list[int]:
        looks.append(head.position)
        if head.position < 2:
            head.note(head.position + 1)
        return [7] if head.position == 2 and len(looks) > 2 else []

    assert waiting.first_found(head, look, 60) == [7]
    assert looks == [0, 1, 2]
    assert head._bells == set()


def test_a_poll_whose_time_is_up_finds_nothing() -> None:
    head = QuietHead()
    assert waiting.first_found(head, list, 10, iter([0.0, 11.0]).__next__) == []
    assert head._bells == set()
