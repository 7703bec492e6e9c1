"""The log as JSON Lines: one event a line, all pages in one answer, in bounded memory."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from .. import conf
from ..store import EventStore
from .pages import MAX_LIMIT, PageRequest
from .rendering import written
from .representations import event_body
from .sources import Source

CONTENT_TYPE = "application/jsonl"
UNTIL = "EventStore-Until"
"""Header of an export: the position up to which the log was settled when it began, and is exported."""


class JSONLinesRenderer(BaseRenderer):
    """Chosen by ``Accept: application/jsonl`` or ``format=jsonl``; the export itself writes the lines."""

    media_type = CONTENT_TYPE
    format = "jsonl"
    charset = None
    render_style = "binary"

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        """Return a value as one line."""
        return line_of(data)


_CHUNK_BYTES = 64 * 1024


def line_of(value: Any) -> bytes:
    """Return a value as one line of JSON."""
    return written(_line, value)


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def export(
    request: Request, store: EventStore, source: Source, page: PageRequest, *, limited: bool
) -> StreamingHttpResponse:
    """Answer with the events behind the page's cursor: all of them, or ``limit`` of them if ``limited``."""
    # At or below the watermark nothing can appear any more: one look at it is enough.
    until = store.head_position()
    lines = _lines(source, until, page, limited) if request.method != "HEAD" else iter(())
    # Under ASGI a plain iterator would be collected whole before anything is sent.
    is_async = isinstance(request._request, ASGIRequest)
    content: Any = _in_threads(_chunks(lines)) if is_async else _chunks(lines)
    answer = StreamingHttpResponse(content, content_type=CONTENT_TYPE)
    answer[UNTIL] = str(until)
    # Proxies that collect an answer before they send it would hold the whole log.
    answer["X-Accel-Buffering"] = "no"
    return answer


def _lines(source: Source, until: int, page: PageRequest, limited: bool) -> Iterator[bytes]:
    size = page.limit if limited else min(conf.read_batch_size(), MAX_LIMIT)
    page = replace(page, limit=size)
    while True:
        found = page.of(source, until)
        yield from (line_of(event_body(event)) for event in found)
        if limited or len(found) < size:
            return
        page = replace(page, after=found[-1].position)


def _chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    chunk = bytearray()
    try:
        for line in lines:
            chunk += line
            if len(chunk) >= _CHUNK_BYTES:
                yield bytes(chunk)
                chunk.clear()
    except Exception as error:
        # The status is sent already. The last line tells, and the answer breaks off where the server can show that
        # (chunked): nobody takes what was sent for the whole.
        problem = {"type": "about:blank", "title": type(error).__name__, "status": 500}
        yield bytes(chunk) + line_of({**problem, "detail": "The export broke off here."})
        raise
    yield bytes(chunk)


async def _in_threads(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (chunk := await sync_to_async(_next)(chunks)) is not None:
        yield chunk


def _next(chunks: Iterator[bytes]) -> bytes | None:
    return next(chunks, None)
