from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from eventstore_django.context import current_metadata
from eventstore_django.middleware import EventMetadataMiddleware

if TYPE_CHECKING:
    from pytest_django import Settings

Answer = Callable[[HttpRequest], dict[str, str]]


def _sync(request: HttpRequest) -> dict[str, str]:
    """Send a request through the middleware to a sync view; return the metadata there."""
    seen: list[dict[str, str]] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(current_metadata())
        return HttpResponse("answer")

    response: Any = EventMetadataMiddleware(view)(request)
    assert response.content == b"answer"
    return seen[0]


def _async(request: HttpRequest) -> dict[str, str]:
    """Like ``_sync`` for an async view."""
    seen: list[dict[str, str]] = []

    async def view(request: HttpRequest) -> HttpResponse:
        seen.append(current_metadata())
        return HttpResponse("answer")

    async def answer() -> Any:
        middleware: Any = EventMetadataMiddleware(view)
        return await middleware(request)

    assert async_to_sync(answer)().content == b"answer"
    return seen[0]


both = pytest.mark.parametrize("answer", [_sync, _async], ids=["sync", "async"])


def _request(headers: dict[str, str] | None = None, user: Any = None) -> HttpRequest:
    request: HttpRequest = RequestFactory().get("/", headers=headers or {})
    if user is not None:
        request.user = user
    return request


@both
def test_the_ids_come_from_the_headers(answer: Answer) -> None:
    headers = {"X-Request-ID": "r-1", "X-Correlation-ID": "c-1"}
    assert answer(_request(headers)) == {"request_id": "r-1", "correlation_id": "c-1"}


@both
def test_without_headers_a_request_id_is_made(answer: Answer) -> None:
    first, second = answer(_request()), answer(_request())
    assert UUID(first["request_id"]) != UUID(second["request_id"])
    assert first["correlation_id"] == first["request_id"]


@both
def test_the_correlation_id_defaults_to_the_request_id(answer: Answer) -> None:
    assert answer(_request({"X-Request-ID": "r-1"})) == {"request_id": "r-1", "correlation_id": "r-1"}


@both
def test_the_headers_can_be_named_in_the_settings(answer: Answer, settings: Settings) -> None:
    settings.EVENTSTORE = {"REQUEST_ID_HEADER": "X-Trace", "CORRELATION_ID_HEADER": "X-Saga"}
    headers = {"X-Trace": "t", "X-Saga": "s", "X-Request-ID": "r", "X-Correlation-ID": "c"}
    assert answer(_request(headers)) == {"request_id": "t", "correlation_id": "s"}


@both
@pytest.mark.parametrize("value", ["", " ", "a b", "a\tb", "<script>", "é", "a,b", "a;b", "'", "x" * 129, "a\x00b"])
def test_what_does_not_look_like_an_id_is_not_taken(answer: Answer, value: str) -> None:
    request = _request()
    request.META.update({"HTTP_X_REQUEST_ID": value, "HTTP_X_CORRELATION_ID": value})
    metadata = answer(request)
    assert UUID(metadata["request_id"])
    assert metadata["correlation_id"] == metadata["request_id"]


@both
@pytest.mark.parametrize("value", ["a", "x" * 128, "Root=1-67891233-abcdef012345678912345678", "a_b.c:d/e+f=g@h-i"])
def test_what_looks_like_an_id_is_taken(answer: Answer, value: str) -> None:
    assert answer(_request({"X-Request-ID": value}))["request_id"] == value


@both
def test_the_user_is_named_by_primary_key(answer: Answer) -> None:
    user = SimpleNamespace(pk=7, is_authenticated=True)
    assert answer(_request(user=user))["user"] == "7"


@both
def test_an_anonymous_user_is_not_named(answer: Answer) -> None:
    user = SimpleNamespace(pk=None, is_authenticated=False)
    assert "user" not in answer(_request(user=user))


@both
def test_a_request_without_authentication_has_no_user(answer: Answer) -> None:
    assert "user" not in answer(_request())


def test_the_user_is_asked_for_when_metadata_is_needed_and_not_before() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    class Request(HttpRequest):
        @property
        def user(self) -> Any:  # type: ignore[override]  # asking is what must not happen
            pytest.fail("asked for the user of a request that appended nothing")

    EventMetadataMiddleware(view)(Request())


def test_the_user_may_come_later_than_the_middleware() -> None:
    seen: list[dict[str, str]] = []

    def view(request: HttpRequest) -> HttpResponse:
        request.user = SimpleNamespace(pk=7, is_authenticated=True)  # type: ignore[assignment]  # all that is asked of it
        seen.append(current_metadata())
        return HttpResponse()

    EventMetadataMiddleware(view)(_request())
    assert seen[0]["user"] == "7"


@both
def test_nothing_stays_after_the_request(answer: Answer) -> None:
    answer(_request({"X-Request-ID": "r-1"}))
    assert current_metadata() == {}


def test_nothing_stays_after_a_view_that_raised() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise KeyError

    with pytest.raises(KeyError):
        EventMetadataMiddleware(view)(_request())
    assert current_metadata() == {}


def test_django_sees_whether_the_middleware_is_async() -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert iscoroutinefunction(EventMetadataMiddleware(view))
    assert not iscoroutinefunction(EventMetadataMiddleware(lambda request: HttpResponse()))
