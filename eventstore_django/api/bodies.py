"""Bodies coming in: new events and operations, read strictly; what is wrong is named by its path."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from ..events import NewEvent
from ..exceptions import InvalidExpectedVersion, InvalidStreamName
from ..names import StreamName
from ..operations import AppendOperation
from ..plans import MAX_EVENTS
from ..versions import ANY, NO_STREAM, STREAM_EXISTS, ExpectedVersion
from .problems import InvalidField
from .times import read_time
from .uuids import read_uuid

T = TypeVar("T")

_EXPECTED = {"any": ANY, "no_stream": NO_STREAM, "stream_exists": STREAM_EXISTS}
_EVENT_FIELDS = {"event_type", "payload", "metadata", "event_id", "occurred_at"}


def append_body(body: Any) -> tuple[list[NewEvent], ExpectedVersion | None]:
    """Read ``{"events": [...], "expected_version"?}``. Raise InvalidField for anything else."""
    fields = read_object(body, {"events", "expected_version"})
    return _events(fields, "", required=True), _expected(fields, "")


def batch_body(body: Any) -> list[AppendOperation]:
    """Read ``{"operations": [{"stream_id", "events"?, "expected_version"?}]}``. Raise InvalidField."""
    fields = read_object(body, {"operations"})
    operations = fields.get("operations")
    if not isinstance(operations, list):
        raise InvalidField("operations", "must be a list")
    if len(operations) > MAX_EVENTS:
        raise InvalidField("operations", f"has {len(operations)} operations, more than {MAX_EVENTS}")
    return [_operation(f"operations[{index}]", item) for index, item in enumerate(operations)]


def optional_body(request: Request) -> Any:
    """Return the body, or an empty object where nothing is sent: no body, or a form without fields.

    Some clients send such a form where they are given nothing to send.
    """
    try:
        return request.data
    except UnsupportedMediaType:
        if _is_empty_form(request._request):
            return {}
        raise


def read_object(value: Any, known: Collection[str], path: str = "") -> dict[str, Any]:
    """Return an object that has no fields but those known. Raise InvalidField."""
    if not isinstance(value, dict):
        raise InvalidField(path, "must be an object" if path else "the body must be an object")
    for field in value:
        if field not in known:
            told = f"known are {', '.join(sorted(known))}" if known else "none are known here"
            raise InvalidField(_within(path, f"{field!a:.100}"[1:-1]), f"unknown field; {told}")
    return value


def _is_empty_form(request: HttpRequest) -> bool:
    if request.content_type not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return False
    try:
        return not request.POST and not request.FILES
    except (MultiPartParserError, SuspiciousOperation):
        return False


def _operation(path: str, item: Any) -> AppendOperation:
    fields = read_object(item, {"stream_id", "events", "expected_version"}, path)
    return AppendOperation(_stream_id(fields, path), _events(fields, path, required=False), _expected(fields, path))


def _stream_id(fields: dict[str, Any], path: str) -> str:
    if "stream_id" not in fields:
        raise InvalidField(_within(path, "stream_id"), "is missing")
    try:
        return StreamName.to_append(fields["stream_id"]).text
    except InvalidStreamName as error:
        raise InvalidField(_within(path, "stream_id"), error.reason) from None


def _events(fields: dict[str, Any], path: str, *, required: bool) -> list[NewEvent]:
    if "events" not in fields and not required:
        return []
    events = fields.get("events")
    if not isinstance(events, list):
        raise InvalidField(_within(path, "events"), "must be a list")
    return [_event(_within(path, f"events[{index}]"), item) for index, item in enumerate(events)]


def _expected(fields: dict[str, Any], path: str) -> ExpectedVersion | None:
    value = fields.get("expected_version")
    if value is None:
        return None
    if isinstance(value, str):
        value = _EXPECTED.get(value.lower(), value)
    try:
        return ExpectedVersion.parse(value)
    except InvalidExpectedVersion:
        reason = "must be a version from 0 on, or any, no_stream or stream_exists"
        raise InvalidField(_within(path, "expected_version"), reason) from None


def _event(path: str, item: Any) -> NewEvent:
    fields = read_object(item, _EVENT_FIELDS, path)
    for field in ("event_type", "payload"):
        if field not in fields:
            raise InvalidField(_within(path, field), "is missing")
    return NewEvent(
        fields["event_type"],
        fields["payload"],
        metadata=fields.get("metadata"),
        event_id=_read(read_uuid, "event_id", fields, path),
        occurred_at=_read(read_time, "occurred_at", fields, path),
    )


def _read(convert: Callable[[str], T], field: str, fields: dict[str, Any], path: str) -> T | None:
    value = fields.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidField(_within(path, field), "must be a text")
    try:
        return convert(value)
    except ValueError as error:
        raise InvalidField(_within(path, field), str(error)) from None


def _within(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field
