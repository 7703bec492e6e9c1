"""Who and which request: puts them into the metadata of the events that a request appends."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from asgiref.sync import iscoroutinefunction, markcoroutinefunction

from . import conf
from .context import event_metadata

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from django.http import HttpRequest, HttpResponseBase

# What a client sends goes into the log: only what an id looks like.
_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")


class EventMetadataMiddleware:
    """Add ``request_id``, ``correlation_id`` and ``user`` to the metadata of events.

    The ids come from the request's headers (settings ``REQUEST_ID_HEADER`` and
    ``CORRELATION_ID_HEADER``) if they look like ids; else a new request id is made, and the
    correlation id is the request's. ``user`` is the primary key of ``request.user``, asked when an
    event is appended. Works for sync and async views; place it after ``AuthenticationMiddleware``.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request inside its metadata."""
        if self.is_async:
            return self._answer(request)
        with _metadata_of(request):
            response: HttpResponseBase = self.get_response(request)
        return response

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        with _metadata_of(request):
            response: HttpResponseBase = await self.get_response(request)
        return response


def _metadata_of(request: HttpRequest) -> AbstractContextManager[None]:
    request_id = _id_in(request, conf.request_id_header()) or str(uuid4())
    return event_metadata(
        request_id=request_id,
        correlation_id=_id_in(request, conf.correlation_id_header()) or request_id,
        user=lambda: _user_of(request),
    )


def _id_in(request: HttpRequest, header: str) -> str | None:
    value = request.headers.get(header, "")
    return value if _ID.fullmatch(value) else None


def _user_of(request: HttpRequest) -> str | None:
    user = getattr(request, "user", None)
    return str(user.pk) if user is not None and user.is_authenticated else None
