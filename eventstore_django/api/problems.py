"""Errors as ``application/problem+json`` (RFC 9457): the one place that knows HTTP's codes for them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler

from ..exceptions import (
    ConcurrencyError,
    ConnectionLost,
    DuplicateEventError,
    EventStoreError,
    InvalidEvent,
    InvalidExpectedVersion,
    InvalidStreamName,
    TransactionAborted,
)
from ..versions import ExpectedVersion

CONTENT_TYPE = "application/problem+json"


class InvalidParameter(APIException):
    """A query parameter or a field of the body can't be read."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error of the event store, or of the framework, as a problem."""
    if isinstance(error, EventStoreError):
        return _problem(_status_of(error), type(error).__name__, str(error), _data_of(error))
    if isinstance(error, RequestDataTooBig):
        detail = "The body is larger than DATA_UPLOAD_MAX_MEMORY_SIZE."
        return _problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "TooLarge", detail, {})
    response = exception_handler(error, context)
    if response is None:
        return None
    detail = response.data.get("detail", response.data) if isinstance(response.data, dict) else response.data
    data = {"field": error.field} if isinstance(error, InvalidParameter) else {}
    problem = _problem(response.status_code, type(error).__name__, str(detail), data)
    for header in ("WWW-Authenticate", "Retry-After", "Allow"):
        if header in response.headers:
            problem[header] = response.headers[header]
    return problem


def _problem(code: int, title: str, detail: str, data: dict[str, Any]) -> Response:
    body = {"type": "about:blank", "title": title, "status": code, "detail": detail, **data}
    return Response(body, status=code, content_type=CONTENT_TYPE)


def _status_of(error: EventStoreError) -> int:
    if isinstance(error, ConcurrencyError | DuplicateEventError):
        return status.HTTP_409_CONFLICT
    if isinstance(error, InvalidEvent | InvalidStreamName | InvalidExpectedVersion):
        return status.HTTP_400_BAD_REQUEST
    if isinstance(error, TransactionAborted | ConnectionLost):
        return status.HTTP_503_SERVICE_UNAVAILABLE
    return status.HTTP_500_INTERNAL_SERVER_ERROR


def _data_of(error: EventStoreError) -> dict[str, Any]:
    if isinstance(error, ConcurrencyError):
        conflicts = [
            {"stream_id": stream_id, "expected": _expected(expected), "actual": actual}
            for stream_id, expected, actual in error.conflicts
        ]
        return {"stream_id": error.stream_id, **conflicts[0], "conflicts": conflicts}
    if isinstance(error, DuplicateEventError):
        return {"stream_id": error.stream_id, "event_ids": [str(event_id) for event_id in error.event_ids]}
    if isinstance(error, InvalidEvent):
        index = "" if error.index is None else f"events[{error.index}]"
        return {"field": ".".join(part for part in (index, error.path) if part)}
    return {}


def _expected(expected: object) -> int | str:
    return str(expected) if isinstance(expected, ExpectedVersion) else int(str(expected))
