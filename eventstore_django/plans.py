"""An append made ready: every event checked and encoded, every stream named once, in the order of locking.

Nothing here touches the database: a plan that exists is one that the database can store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from .encoding import Refused, encode, text_fault
from .events import NewEvent
from .exceptions import InvalidEvent, VersionConflict
from .names import MAX_LENGTH, StreamName, forbidden_character
from .operations import AppendOperation
from .versions import ExpectedVersion

MAX_EVENT_BYTES = 1024 * 1024
"""Bytes of JSON that one event may have, payload and metadata together."""

MAX_EVENTS = 1000
"""Events that one call may append."""

MAX_EVENT_TYPE_LENGTH = 100
_MAX_SCHEMA_VERSION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """An event whose content is checked and encoded.

    ``slot`` is the index of its stream in the plan; ``offset`` counts the plan's events in that
    stream from 1, so that its version is the version of the locked stream plus ``offset``.
    """

    source: NewEvent
    slot: int
    offset: int
    occurred_at: datetime
    aggregate_type: str
    aggregate_id: str
    payload: str
    metadata: str

    @property
    def size(self) -> int:
        """Characters of JSON: a lower bound of the bytes."""
        return len(self.payload) + len(self.metadata)


@dataclass(frozen=True, slots=True)
class VersionCheck:
    """One operation's condition: the stream's locked version plus ``offset`` must be ``expected``."""

    slot: int
    offset: int
    count: int
    expected: ExpectedVersion


@dataclass(frozen=True, slots=True)
class AppendPlan:
    """Streams (each once, sorted: the order in which every writer locks), checks and events of a call."""

    streams: tuple[StreamName, ...]
    checks: tuple[VersionCheck, ...]
    events: tuple[PlannedEvent, ...]

    def stream_of(self, item: PlannedEvent | VersionCheck) -> StreamName:
        """Return the stream that an event or a check belongs to."""
        return self.streams[item.slot]

    def added(self) -> list[int]:
        """Return how many events each stream gets."""
        counts = [0] * len(self.streams)
        for event in self.events:
            counts[event.slot] += 1
        return counts

    def creates(self, slot: int) -> bool:
        """Whether the first operation on a stream can be valid if the stream has no events."""
        return next(check.expected.may_create for check in self.checks if check.slot == slot)

    def conflicts(self, versions: Sequence[int]) -> list[VersionConflict]:
        """Return every stream whose locked version an operation does not accept, once each."""
        found: dict[int, VersionConflict] = {}
        for check in self.checks:
            actual = versions[check.slot] + check.offset
            if check.slot not in found and not check.expected.accepts(actual):
                name = self.streams[check.slot].text
                found[check.slot] = VersionConflict(name, check.expected.told, actual)
        return list(found.values())


def plan_append(operations: Sequence[AppendOperation], context: Mapping[str, str]) -> AppendPlan:
    """Check and encode a call. Raise InvalidEvent, InvalidStreamName or InvalidExpectedVersion."""
    names = [StreamName.to_append(operation.stream_id) for operation in operations]
    streams = tuple(sorted(set(names), key=str)) if len(names) > 1 else tuple(names)
    slots = {name: slot for slot, name in enumerate(streams)}
    added = [0] * len(streams)
    checks: list[VersionCheck] = []
    events: list[PlannedEvent] = []
    for number, (name, operation) in enumerate(zip(names, operations, strict=True)):
        slot = slots[name]
        expected = ExpectedVersion.parse(operation.expected_version)
        checks.append(VersionCheck(slot, added[slot], len(operation.events), expected))
        for index, event in enumerate(operation.events):
            added[slot] += 1
            try:
                events.append(_plan_event(event, name, slot, added[slot], context))
            except Refused as refused:
                raise InvalidEvent(refused.reason, path=refused.path, index=index, operation=number) from None
    _refuse_too_many(events)
    _refuse_repeated_ids(events)
    return AppendPlan(streams, tuple(checks), tuple(events))


def _plan_event(
    event: NewEvent, stream: StreamName, slot: int, offset: int, context: Mapping[str, str]
) -> PlannedEvent:
    if not isinstance(event, NewEvent):
        raise Refused(f"is a {type(event).__name__}, not a NewEvent")
    _check_name("event_type", event.event_type, MAX_EVENT_TYPE_LENGTH)
    _check_identity(event)
    payload = _encoded("payload", event.payload)
    metadata = _encoded("metadata", _merged(event.metadata, context))
    _check_size(payload, metadata)
    return PlannedEvent(
        event,
        slot,
        offset,
        _instant(event.occurred_at),
        _name_or("aggregate_type", event.aggregate_type, stream.aggregate_type),
        _name_or("aggregate_id", event.aggregate_id, stream.aggregate_id),
        payload,
        metadata,
    )


def _merged(metadata: object, context: Mapping[str, str]) -> object:
    if metadata is None:
        return context
    if context and isinstance(metadata, dict):
        return {**context, **metadata}
    return metadata


def _encoded(field: str, value: object) -> str:
    if value == {}:
        return "{}"
    try:
        return encode(value)
    except Refused as refused:
        refused.steps.append(field)
        raise


def _check_size(payload: str, metadata: str) -> None:
    characters = len(payload) + len(metadata)
    # A character has at most four bytes: only large or non-ASCII texts need to be counted exactly.
    if characters * 4 <= MAX_EVENT_BYTES:
        return
    size = len(payload.encode()) + len(metadata.encode())
    if size > MAX_EVENT_BYTES:
        raise _refused("payload", f"has {size} bytes of JSON, more than {MAX_EVENT_BYTES}")


def _check_identity(event: NewEvent) -> None:
    if not isinstance(event.event_id, UUID):
        raise _refused("event_id", f"is a {type(event.event_id).__name__}, not a UUID")
    version = event.schema_version
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= _MAX_SCHEMA_VERSION:
        raise _refused("schema_version", "must be a whole number from 1 on")


def _instant(occurred_at: datetime) -> datetime:
    if not isinstance(occurred_at, datetime):
        raise _refused("occurred_at", f"is a {type(occurred_at).__name__}, not a datetime")
    if occurred_at.utcoffset() is None:
        raise _refused("occurred_at", "has no time zone; use an aware datetime")
    try:
        return occurred_at.astimezone(UTC)
    except OverflowError:
        raise _refused("occurred_at", "lies outside the years 1 to 9999 in UTC") from None


def _name_or(field: str, given: str | None, default: str) -> str:
    if given is None:
        return default
    _check_name(field, given, MAX_LENGTH)
    return given


def _check_name(field: str, text: str, longest: int) -> None:
    if not isinstance(text, str):
        raise _refused(field, f"is a {type(text).__name__}, not a text")
    if not text:
        raise _refused(field, "is empty")
    if len(text) > longest:
        raise _refused(field, f"has {len(text)} characters, more than {longest}")
    if fault := text_fault(text):
        raise _refused(field, fault)
    if character := forbidden_character(text):
        raise _refused(field, f"holds the control character U+{ord(character):04X}")


def _refuse_too_many(events: Sequence[PlannedEvent]) -> None:
    if len(events) > MAX_EVENTS:
        raise InvalidEvent(f"{len(events)} events in one call, more than {MAX_EVENTS}", index=MAX_EVENTS)


def _refuse_repeated_ids(events: Sequence[PlannedEvent]) -> None:
    seen: set[tuple[int, UUID]] = set()
    for index, event in enumerate(events):
        key = (event.slot, event.source.event_id)
        if key in seen:
            raise InvalidEvent(f"has the id {key[1]}, as an earlier event of this call", path="event_id", index=index)
        seen.add(key)


def _refused(field: str, reason: str) -> Refused:
    refused = Refused(reason)
    refused.steps.append(field)
    return refused
