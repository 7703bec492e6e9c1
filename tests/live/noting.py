"""Middleware that writes down from where clients begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def note_last_event_id(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    async def answer_later(request: HttpRequest) -> Any:
        _note(request)
        return await get_response(request)

    def answer(request: HttpRequest) -> Any:
        _note(request)
        return get_response(request)

    return answer_later if iscoroutinefunction(get_response) else answer


def _note(request: HttpRequest) -> None:
    print("Last-Event-ID:", request.headers.get("Last-Event-ID"), flush=True)
