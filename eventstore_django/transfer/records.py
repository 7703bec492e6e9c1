"""One event as one line of JSON: read strictly, written in full."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from ..encoding import JSONObject, writer
from ..events import NewEvent, RecordedEvent
from ..exceptions import ImportRefused, InvalidStreamName
from ..identifiers import derived_event_id
from ..names import StreamName
from ..strictjson import NotJSON, read_json

_REQUIRED: Mapping[str, type] = {"stream_id": str, "event_type": str, "payload": dict, "occurred_at": str}
_OPTIONAL: Mapping[str, type] = {
    "metadata": dict,
    "event_id": str,
    "aggregate_id": str,
    "aggregate_type": str,
    "schema_version": int,
}
_KEYS: Mapping[str, type] = {**_REQUIRED, **_OPTIONAL}
_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number with a fraction",
    type(None): "null",
}
# Narrower than datetime.fromisoformat(), which drops digits after the sixth without a word.
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6}0*)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


Key: TypeAlias = tuple[str, UUID]
"""Stream and event id: what is stored once."""


class Record(NamedTuple):
    """A line that was understood.

    ``has_own_id`` is whether the line names its event id; else the id stands for line and content.
    """

    line: int
    stream: StreamName
    event: NewEvent
    has_own_id: bool

    @property
    def key(self) -> Key:
        """What is stored once: a stream and an event id."""
        return self.stream.text, self.event.event_id


class _Fault(Exception):
    """What is wrong with the line at hand."""


def read_record(line: int, content: bytes) -> Record:
    """Return the event of a line. Raise ImportRefused with the line's number for anything but an event."""
    try:
        return _record(line, _fields(content))
    except _Fault as fault:
        reason = str(fault)
    except InvalidStreamName as error:
        reason = f"stream_id: {str(error).removesuffix('.')}"
    except UnicodeDecodeError as error:
        reason = f"byte {error.start + 1} is not UTF-8"
    except NotJSON as error:
        reason = error.reason
    raise ImportRefused(line, reason)


def line_of(event: RecordedEvent) -> bytes:
    """Return the line of a stored event, newline included: all of it that another store can take over.

    The same event is always the same bytes: keys of payload and metadata are sorted.
    """
    text = (
        f'{{"event_id":"{event.event_id}","stream_id":{_written(event.stream_id)}'
        f',"aggregate_id":{_written(event.aggregate_id)},"aggregate_type":{_written(event.aggregate_type)}'
        f',"event_type":{_written(event.event_type)},"schema_version":{event.schema_version}'
        f',"payload":{_part(event, "payload")},"metadata":{_part(event, "metadata")}'
        f',"occurred_at":{_occurred_at(event)}}}\n'
    )
    return text.encode()


def _occurred_at(event: RecordedEvent) -> str:
    if (found := event.undecodable.get("occurred_at")) is not None:
        return _written(found.text)
    return f'"{event.occurred_at.astimezone(UTC).isoformat(timespec="microseconds")}"'


def _part(event: RecordedEvent, part: str) -> str:
    if (found := event.undecodable.get(part)) is not None:
        # Others may read what Python can't. A break can only stand between two tokens.
        return found.text.replace("\n", " ").replace("\r", " ")
    return _written(event.stored_payload if part == "payload" else event.metadata)


def _record(line: int, fields: JSONObject) -> Record:
    name = StreamName.to_append(fields["stream_id"])
    occurred_at = _instant(fields["occurred_at"])
    given = fields.get("event_id")
    event = NewEvent(
        fields["event_type"],
        fields["payload"],
        metadata=fields.get("metadata"),
        event_id=_derived_id(line, name, occurred_at, fields) if given is None else _event_id(given),
        occurred_at=occurred_at,
        aggregate_id=fields.get("aggregate_id"),
        aggregate_type=fields.get("aggregate_type"),
        schema_version=fields.get("schema_version", 1),
    )
    return Record(line, name, event, given is not None)


def _fields(content: bytes) -> JSONObject:
    fields: JSONObject = read_json(content.decode())
    if type(fields) is not dict:
        raise _Fault(f"an event must be an object, not {_kind(fields)}")
    if None in fields.values():  # what may be missing may be null as well, as many programs write it
        fields = {key: value for key, value in fields.items() if value is not None or key not in _OPTIONAL}
    for key, value in fields.items():
        expected = _KEYS.get(key)
        if expected is None:
            raise _Fault(f"unknown key {key!a:.50}; known are {', '.join(_KEYS)}")
        if type(value) is not expected:
            raise _Fault(f"{key} must be {_KINDS[expected]}, not {_kind(value)}")
    if missing := [key for key in _REQUIRED if key not in fields]:
        raise _Fault(f"{', '.join(missing)} missing")
    return fields


def _kind(value: object) -> str:
    return _KINDS[type(value)]


def _instant(text: str) -> datetime:
    found = _TIME.fullmatch(text)
    if found is None:
        raise _Fault(f"occurred_at: {text!a:.50} is not an ISO 8601 time of at most six decimals")
    if found["zone"] is None:
        raise _Fault(f"occurred_at: {text!a:.50} has no time zone")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _Fault(f"occurred_at: {text!a:.50} is no time: {error}") from None


def _event_id(text: str) -> UUID:
    if not _UUID.fullmatch(text):
        raise _Fault(f"event_id: {text!a:.50} is not a UUID")
    return UUID(text)


def _derived_id(line: int, name: StreamName, occurred_at: datetime, fields: JSONObject) -> UUID:
    # What the event is, not how the line is written: key order, spaces and defaults make no other event.
    content = (
        name.text,
        fields["event_type"],
        fields["payload"],
        fields.get("metadata", {}),
        fields.get("aggregate_id", name.aggregate_id),
        fields.get("aggregate_type", name.aggregate_type),
        fields.get("schema_version", 1),
        occurred_at.isoformat(),
    )
    return derived_event_id(occurred_at, b"%d" % line, canonical(content).encode())


_written = writer(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))

canonical = writer(sort_keys=True, separators=(",", ":"))
"""Return the one text of a JSON value: as text, since in Python 1, 1.0 and True are equal."""
