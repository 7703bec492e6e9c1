"""Errors as ``application/problem+json`` (RFC 9457): the one place that knows HTTP's codes for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.exceptions import PermissionDenied as Forbidden
from rest_framework.response import Response

from ..exceptions import (
    ConcurrencyError,
    ConnectionLost,
    DuplicateEventError,
    EventStoreError,
    InvalidEvent,
    InvalidExpectedVersion,
    InvalidStreamName,
    NotMigrated,
    ReadOnlyDatabase,
    SubscriptionError,
    TransactionAborted,
    UnknownSubscription,
    UnsafeRead,
)
from ..versions import ExpectedVersion

CONTENT_TYPE = "application/problem+json"

_CODES: tuple[tuple[type[EventStoreError], int], ...] = (
    (ConcurrencyError, status.HTTP_409_CONFLICT),
    (DuplicateEventError, status.HTTP_409_CONFLICT),
    (InvalidEvent, status.HTTP_400_BAD_REQUEST),
    (InvalidStreamName, status.HTTP_400_BAD_REQUEST),
    (InvalidExpectedVersion, status.HTTP_400_BAD_REQUEST),
    (UnknownSubscription, status.HTTP_404_NOT_FOUND),
    (SubscriptionError, status.HTTP_409_CONFLICT),
    (TransactionAborted, status.HTTP_503_SERVICE_UNAVAILABLE),
    (ConnectionLost, status.HTTP_503_SERVICE_UNAVAILABLE),
    (NotMigrated, status.HTTP_503_SERVICE_UNAVAILABLE),
    (ReadOnlyDatabase, status.HTTP_503_SERVICE_UNAVAILABLE),
    (UnsafeRead, status.HTTP_503_SERVICE_UNAVAILABLE),
)


class Problem(APIException):
    """An answer that is an error, with members of its own beside the usual ones."""

    status_code: int = status.HTTP_400_BAD_REQUEST

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.members = members


class InvalidField(Problem):
    """A query parameter, a header or a field of the body can't be read; ``field`` is its name or path."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason, field=field)


class SeveralEvents(Problem):
    """An event id stands in several streams: ``positions`` tells where."""

    status_code = status.HTTP_409_CONFLICT


class AmbiguousPath(Problem):
    """A path may name either of two streams: the query parameter names one."""

    status_code = status.HTTP_409_CONFLICT


class OperationRefused(Problem):
    """A subscription, or an event that was kept aside, is not in a state that allows this."""

    status_code = status.HTTP_409_CONFLICT


class OutsideScope(Problem):
    """The stream belongs to a partition that the caller may not write to."""

    status_code = status.HTTP_403_FORBIDDEN


class PreconditionRequired(Problem):
    """The project demands that an append says which version it expects."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED


class PreconditionFailed(Problem):
    """The version that a header expects is not the stream's."""

    status_code = status.HTTP_412_PRECONDITION_FAILED

    @classmethod
    def of(cls, error: ConcurrencyError) -> PreconditionFailed:
        """Tell of a conflict as that of a header."""
        return cls(str(error), **conflict_members(error))


def problem_of(error: EventStoreError, field_of: Callable[[InvalidEvent], str]) -> Response:
    """Answer an error of the event store; ``field_of`` tells where in the body an event's fault stands."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), status.HTTP_500_INTERNAL_SERVER_ERROR)
    return problem(code, type(error).__name__, str(error), **_members_of(error, field_of))


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error of the event store, or of the framework, as a problem."""
    if isinstance(error, EventStoreError):
        return problem_of(error, context["view"].field_of)
    if isinstance(error, RequestDataTooBig):
        detail = "The body is larger than DATA_UPLOAD_MAX_MEMORY_SIZE."
        return problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "TooLarge", detail)
    known = _framework_error(error)
    if known is None:
        return None
    told = known.detail.get("detail", known.detail) if isinstance(known.detail, dict) else known.detail
    members = known.members if isinstance(known, Problem) else {}
    answer = problem(known.status_code, type(error).__name__, str(told), **members)
    if auth_header := getattr(known, "auth_header", None):
        answer["WWW-Authenticate"] = auth_header
    if wait := getattr(known, "wait", None):
        answer["Retry-After"] = str(int(wait))
    return answer


def _framework_error(error: Exception) -> APIException | None:
    # Not by the framework's own handler, which marks every open transaction for rollback under ATOMIC_REQUESTS: these
    # views have none of their own, so it would be the one around them, such as that of a TestCase.
    if isinstance(error, Http404):
        return NotFound(*error.args)
    if isinstance(error, PermissionDenied):
        return Forbidden(*error.args)
    return error if isinstance(error, APIException) else None


def problem(code: int, title: str, detail: str, **members: Any) -> Response:
    """Return the answer that tells of an error."""
    body = {"type": "about:blank", "title": title, "status": code, "detail": detail, **members}
    return Response(body, status=code, content_type=CONTENT_TYPE)


def conflict_members(error: ConcurrencyError) -> dict[str, Any]:
    """Return what a conflict tells: the first failing stream, and all of them in ``conflicts``."""
    conflicts = [
        {"stream_id": stream_id, "expected": _told(expected), "actual": actual}
        for stream_id, expected, actual in error.conflicts
    ]
    return {**conflicts[0], "conflicts": conflicts}


def _members_of(error: EventStoreError, field_of: Callable[[InvalidEvent], str]) -> dict[str, Any]:
    if isinstance(error, ConcurrencyError):
        return conflict_members(error)
    if isinstance(error, DuplicateEventError):
        return {"stream_id": error.stream_id, "event_ids": [str(event_id) for event_id in error.event_ids]}
    if isinstance(error, InvalidEvent):
        return {"field": field_of(error)}
    return {"field": "stream_id"} if isinstance(error, InvalidStreamName) else {}


def _told(expected: object) -> int | str:
    return str(expected) if isinstance(expected, ExpectedVersion) else int(str(expected))
