"""An append made ready: every event checked and encoded, every stream named once, in the order of locking.

Nothing here touches the database: a plan that exists is one that the database can store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from .encoding import JSONObject, Refused, decode, encode
from .events import NewEvent
from .eventtypes.limits import MAX_EVENT_TYPE_LENGTH, is_schema_version, name_fault
from .exceptions import InvalidEvent, VersionConflict
from .instances import EventLike, as_new_event, is_registered
from .names import MAX_LENGTH, StreamName
from .operations import AppendOperation
from .versions import ANY, ExpectedVersion

MAX_EVENT_BYTES = 1024 * 1024
"""Bytes of JSON that one event may have, payload and metadata together."""

MAX_EVENTS = 1000
"""Events that one call may append."""

_ANY_STREAM = StreamName.parse("any")


class PlannedEvent(NamedTuple):
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


class VersionCheck(NamedTuple):
    """One operation's condition: the stream's locked version plus ``offset`` must be ``expected``."""

    slot: int
    offset: int
    added: int
    expected: ExpectedVersion


@dataclass(frozen=True, slots=True)
class AppendPlan:
    """Streams (each once, sorted: the order in which every writer locks), checks and events of a call."""

    streams: tuple[StreamName, ...]
    checks: tuple[VersionCheck, ...]
    events: tuple[PlannedEvent, ...]

    @property
    def size(self) -> int:
        """Characters of JSON in all events: a lower bound of the bytes."""
        return sum(len(event.payload) + len(event.metadata) for event in self.events)

    def stream_of(self, item: PlannedEvent | VersionCheck) -> StreamName:
        """Return the stream that an event or a check belongs to."""
        return self.streams[item.slot]

    def added(self) -> list[int]:
        """Return how many events each stream gets."""
        counts = [0] * len(self.streams)
        for event in self.events:
            counts[event.slot] += 1
        return counts

    def conflicts(self, versions: Sequence[int]) -> list[VersionConflict]:
        """Return every stream whose locked version an operation does not accept, once each."""
        found: dict[int, VersionConflict] = {}
        for check in self.checks:
            actual = versions[check.slot] + check.offset
            if check.slot not in found and not check.expected.accepts(actual):
                name = self.streams[check.slot].text
                found[check.slot] = VersionConflict(name, check.expected.told, actual)
        return list(found.values())


def plan_append(operations: Iterable[AppendOperation], context: JSONObject) -> AppendPlan:
    """Check and encode a call. Raise InvalidEvent, InvalidStreamName or InvalidExpectedVersion."""
    calls = [(StreamName.to_append(operation.stream_id), operation, _listed(operation)) for operation in operations]
    _refuse_too_many(calls)
    streams = _in_order(calls)
    slots = {name.text: slot for slot, name in enumerate(streams)}
    added = [0] * len(streams)
    checks: list[VersionCheck] = []
    events: list[PlannedEvent] = []
    seen: set[tuple[int, int]] = set()
    for number, (name, operation, new_events) in enumerate(calls):
        slot = slots[name.text]
        expected = ExpectedVersion.parse(operation.expected_version)
        checks.append(VersionCheck(slot, added[slot], len(new_events), expected))
        for index, event in enumerate(new_events):
            added[slot] += 1
            try:
                # No call for what is one already: nearly all are.
                new = event if isinstance(event, NewEvent) else as_new_event(event)
                planned = _plan_event(new, name, slot, added[slot], context)
                _refuse_repeated_id(seen, slot, new.event_id)
            except (Refused, InvalidEvent) as refused:
                raise InvalidEvent(refused.reason, path=refused.path, index=index, operation=number) from None
            events.append(planned)
    return AppendPlan(streams, tuple(checks), tuple(events))


def plan_load(events: Iterable[tuple[StreamName, NewEvent]]) -> AppendPlan:
    """Check and encode events that expect nothing of their streams, and are stored in this order; of any number.

    Without the context of the caller. Raise InvalidEvent, with the event's place as its index.
    """
    listed = list(events)
    streams = tuple(sorted({name.text: name for name, _ in listed}.values(), key=str))
    slots = {name.text: slot for slot, name in enumerate(streams)}
    added = [0] * len(streams)
    planned: list[PlannedEvent] = []
    for index, (name, event) in enumerate(listed):
        slot = slots[name.text]
        added[slot] += 1
        try:
            planned.append(_plan_event(event, name, slot, added[slot], {}))
        except Refused as refused:
            raise InvalidEvent(refused.reason, path=refused.path, index=index) from None
    return AppendPlan(streams, tuple(_runs(planned)), tuple(planned))


def _runs(events: Sequence[PlannedEvent]) -> Iterator[VersionCheck]:
    """Give a check that anything passes for each run of events of one stream."""
    for slot, run in groupby(events, key=attrgetter("slot")):
        found = list(run)
        yield VersionCheck(slot, found[0].offset - 1, len(found), ANY)


def checked_payload(event: NewEvent) -> JSONObject:
    """Return an event's payload as a reader will see it. Raise InvalidEvent as the append would."""
    try:
        return decode(_plan_event(event, _ANY_STREAM, 0, 1, {}).payload)
    except Refused as refused:
        raise InvalidEvent(refused.reason, path=refused.path) from None


def _in_order(calls: Sequence[tuple[StreamName, AppendOperation, list[EventLike]]]) -> tuple[StreamName, ...]:
    if len(calls) == 1:
        return (calls[0][0],)
    return tuple(sorted({name for name, _, _ in calls}, key=str))


def _listed(operation: AppendOperation) -> list[EventLike]:
    given: object = operation.events
    if type(given) is list:  # as mostly: a subclass may stand for one event
        return given.copy()
    is_one = isinstance(given, NewEvent | str | dict) or is_registered(given)
    if is_one or not isinstance(given, Iterable):
        raise InvalidEvent(f"must be a list of events, not one {type(given).__name__}", path="events")
    return list(given)


def _plan_event(event: NewEvent, stream: StreamName, slot: int, offset: int, context: JSONObject) -> PlannedEvent:
    _check_name("event_type", event.event_type, MAX_EVENT_TYPE_LENGTH)
    _check_identity(event)
    payload = _encoded("payload", event.payload)
    merged = _merged(event.metadata, context)
    metadata = _encoded("metadata", merged)
    if metadata != "{}":
        check_correlation(merged)
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


def _merged(metadata: object, context: JSONObject) -> object:
    if metadata is None:
        return context
    if context and isinstance(metadata, dict):
        return {**context, **metadata}
    return metadata


def _encoded(field: str, value: object) -> str:
    if value.__class__ is dict and not value:
        return "{}"
    try:
        return encode(value)
    except Refused as refused:
        refused.steps.append(field)
        raise


def check_correlation(metadata: Any) -> None:
    """Raise Refused for a correlation id that the index on it could not take."""
    value = metadata.get("correlation_id")
    if value is not None and not isinstance(value, str | UUID):
        raise _refused("correlation_id", f"is a {type(value).__name__}, not a text or a UUID").within("metadata")
    if isinstance(value, str) and len(value) > MAX_LENGTH:
        reason = f"has {len(value)} characters, more than {MAX_LENGTH}"
        raise _refused("correlation_id", reason).within("metadata")


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
    if not is_schema_version(event.schema_version):
        raise _refused("schema_version", "must be a whole number from 1 on")


def _instant(occurred_at: datetime) -> datetime:
    if not isinstance(occurred_at, datetime):
        raise _refused("occurred_at", f"is a {type(occurred_at).__name__}, not a datetime")
    if occurred_at.tzinfo is UTC:
        return occurred_at
    if occurred_at.utcoffset() is None:
        raise _refused("occurred_at", "has no time zone; use an aware datetime")
    try:
        return occurred_at.astimezone(UTC)
    except OverflowError:
        raise _refused("occurred_at", "lies outside the years 1 to 9999 in UTC") from None


def _name_or(field: str, given: str | None, default: str) -> str:
    if given is None or given == default:  # a part of a legal name is a legal one
        return default
    _check_name(field, given, MAX_LENGTH)
    return given


def _check_name(field: str, text: str, longest: int) -> None:
    if not isinstance(text, str):
        raise _refused(field, f"is a {type(text).__name__}, not a text")
    if fault := name_fault(text, longest):
        raise _refused(field, fault)


def _refuse_too_many(calls: Sequence[tuple[StreamName, AppendOperation, list[EventLike]]]) -> None:
    room = MAX_EVENTS
    for number, (_, _, events) in enumerate(calls):
        if len(events) > room:
            raise InvalidEvent(f"more than {MAX_EVENTS} events in one call", index=room, operation=number)
        room -= len(events)


def _refuse_repeated_id(seen: set[tuple[int, int]], slot: int, event_id: UUID) -> None:
    key = (slot, event_id.int)  # the hash of a UUID is a call of its own
    if key in seen:
        raise _refused("event_id", f"is {event_id}, as in an earlier event of this call")
    seen.add(key)


def _refused(field: str, reason: str) -> Refused:
    refused = Refused(reason)
    refused.steps.append(field)
    return refused
