"""The two states of an event: ``NewEvent`` is to be written, ``RecordedEvent`` was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from .encoding import JSONObject, Refused, Undecodable
from .eventtypes.conversion import instance_of, payload_of, type_of
from .eventtypes.registry import registry
from .eventtypes.upcasting import is_outdated, upcast
from .exceptions import InvalidEvent, PayloadMismatch, UndecodableEvent, UnknownEventType
from .identifiers import new_event_id
from .names import plain


@dataclass(frozen=True, slots=True, init=False)
class NewEvent:
    """A fact to append: what happened (``event_type``) and its details (``payload``).

    ``event_id``
        makes the append idempotent: the same id in the same stream is stored once. Keep the object,
        or the id, for a retry. Default: a new time-ordered UUID.
    ``occurred_at``
        when it happened, an aware datetime. Default: now. Never used for ordering.
    ``aggregate_id``, ``aggregate_type``
        default to what the stream's name says.
    ``schema_version``
        version of the event type's shape, from 1 on; stored with the event.

    Values are checked when the event is appended (``InvalidEvent``), before any SQL.
    """

    event_type: str
    payload: JSONObject
    metadata: JSONObject | None
    event_id: UUID
    occurred_at: datetime
    aggregate_id: str | None
    aggregate_type: str | None
    schema_version: int
    timed: bool = field(init=False, repr=False, compare=False)
    """Whether the caller gave the time. One that nobody gave is not content: see ``idempotency``."""

    def __init__(
        self,
        event_type: str,
        payload: JSONObject,
        *,
        metadata: JSONObject | None = None,
        event_id: UUID | None = None,
        occurred_at: datetime | None = None,
        aggregate_id: str | None = None,
        aggregate_type: str | None = None,
        schema_version: int = 1,
    ) -> None:
        put = object.__setattr__  # the one way to fill a frozen dataclass
        put(self, "event_type", _plain(event_type))
        put(self, "payload", payload)
        put(self, "metadata", metadata)
        # Both defaults are fixed here and not at the append: a retry with this object is the same event.
        put(self, "event_id", new_event_id() if event_id is None else event_id)
        put(self, "occurred_at", datetime.now(UTC) if occurred_at is None else occurred_at)
        put(self, "aggregate_id", _plain(aggregate_id))
        put(self, "aggregate_type", _plain(aggregate_type))
        put(self, "schema_version", schema_version)
        put(self, "timed", occurred_at is not None)

    @classmethod
    def of(
        cls,
        instance: object,
        *,
        metadata: JSONObject | None = None,
        event_id: UUID | None = None,
        occurred_at: datetime | None = None,
        aggregate_id: str | None = None,
        aggregate_type: str | None = None,
    ) -> Self:
        """Return the event that an instance of a registered class stands for.

        ``append`` takes the instance itself as well, and makes a new event of it each time. What may be
        retried is wrapped once: the id is fixed here.

        Raise InvalidEvent for an instance of another class, or with a value that its class does not
        declare.
        """
        declared = type_of(instance)
        if declared is None:
            kind = type(instance).__name__
            raise InvalidEvent(f"is a {kind}, neither a NewEvent nor an instance of a registered event type")
        try:
            payload = payload_of(declared, instance)
        except Refused as refused:
            raise InvalidEvent(refused.reason, path=refused.within("payload").path) from refused.__cause__
        return cls(
            declared.name,
            payload,
            metadata=metadata,
            event_id=event_id,
            occurred_at=occurred_at,
            aggregate_id=aggregate_id,
            aggregate_type=aggregate_type,
            schema_version=declared.version,
        )


def _plain(value: Any) -> Any:
    return plain(value) if isinstance(value, str) else value


_NOTHING: Mapping[str, Undecodable] = MappingProxyType({})


@dataclass(frozen=True, slots=True, init=False, repr=False)
class RecordedEvent:
    """A stored event. Immutable, as is what it stands for."""

    position: int
    """Place in the global order. Ascending, with holes."""
    event_id: UUID
    stream_id: str
    event_version: int
    """Place in its stream: 1, 2, 3 ... without holes."""
    event_type: str
    payload: JSONObject = field(hash=False)
    """The details in the newest shape of the event type: upcast when it is first asked for.

    Raises PayloadMismatch where an upcaster fails or is missing, UndecodableEvent where what is stored can't be read.
    """
    metadata: JSONObject = field(hash=False)
    """Raises UndecodableEvent where what is stored can't be read."""
    aggregate_id: str
    aggregate_type: str
    category: str
    partition: str | None
    """The tenant, from a name of the form ``{partition}/{type}/{id}``; else None."""
    occurred_at: datetime = field(hash=False)
    """When it happened, as the writer said. This and the next raise UndecodableEvent for no time that Python has."""
    created_at: datetime = field(hash=False)
    """When it was stored, by the database's clock."""
    schema_version: int = 1
    """The version of the event type's shape that was stored."""
    outdated_payload: JSONObject | None = field(default=None, compare=False)
    """The payload as it is stored, if the newest shape is another; else None. See ``stored_payload``."""
    is_upcast: bool = field(init=False, compare=False)
    """Whether ``payload`` is made of ``outdated_payload``, and not given."""
    undecodable: Mapping[str, Undecodable] = field(init=False, compare=False)
    """What of payload, metadata and times can't be read, by these names; empty, but for what other clients wrote."""

    def __init__(
        self,
        position: int,
        event_id: UUID,
        stream_id: str,
        event_version: int,
        event_type: str,
        payload: JSONObject | Undecodable,
        metadata: JSONObject | Undecodable,
        aggregate_id: str,
        aggregate_type: str,
        category: str,
        partition: str | None,
        occurred_at: datetime | Undecodable,
        created_at: datetime | Undecodable,
        schema_version: int = 1,
        outdated_payload: JSONObject | None = None,
    ) -> None:
        put = object.__setattr__  # the one way to fill a frozen dataclass
        put(self, "position", position)
        put(self, "event_id", event_id)
        put(self, "stream_id", stream_id)
        put(self, "event_version", event_version)
        put(self, "event_type", event_type)
        put(self, "aggregate_id", aggregate_id)
        put(self, "aggregate_type", aggregate_type)
        put(self, "category", category)
        put(self, "partition", partition)
        put(self, "schema_version", schema_version)
        parts = {"metadata": metadata, "occurred_at": occurred_at, "created_at": created_at}
        found = {"payload": payload, **parts}
        undecodable = {part: value for part, value in found.items() if isinstance(value, Undecodable)}
        # Slots stay empty here, and __getattr__ is called for them.
        if undecodable:
            put(self, "undecodable", MappingProxyType(undecodable))
        for part, value in parts.items():
            if part not in undecodable:
                put(self, part, value)
        if "payload" in undecodable:
            put(self, "outdated_payload", None)
            put(self, "is_upcast", False)
        elif outdated_payload is None and is_outdated(event_type, schema_version):
            put(self, "outdated_payload", payload)
            put(self, "is_upcast", True)
        else:
            put(self, "payload", payload)
            put(self, "outdated_payload", outdated_payload)
            put(self, "is_upcast", False)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Upcast the payload when it is first asked for: many readers never do."""
            if name == "undecodable":
                return _NOTHING
            if name in self.undecodable:
                raise self._undecodable(name)
            if name != "payload" or self.outdated_payload is None:
                raise AttributeError(f"RecordedEvent has no attribute {name!r}")
            try:
                payload = upcast(self.event_type, self.schema_version, self.outdated_payload)
            except Refused as refused:
                raise self._mismatch(refused) from refused.__cause__
            object.__setattr__(self, "payload", payload)
            return payload

    @property
    def stored_payload(self) -> JSONObject:
        """The payload as it is stored, in the shape of ``schema_version``. Raise UndecodableEvent as above."""
        return self.payload if self.outdated_payload is None else self.outdated_payload

    @property
    def payload_version(self) -> int:
        """The version of the shape that ``payload`` has: the newest if it was upcast, else as stored."""
        chain = None if self.outdated_payload is None else registry.chains.get(self.event_type)
        return self.schema_version if chain is None else chain.target

    @property
    def typed(self) -> Any:
        """An instance of the class that is registered for the event's type, made anew each time.

        Raise UnknownEventType if there is none, PayloadMismatch if the payload does not fit.
        """
        declared = registry.by_name.get(self.event_type)
        if declared is None:
            raise UnknownEventType(self.event_type, self.stream_id, self.event_version)
        try:
            return instance_of(declared, self.schema_version, self.payload)
        except Refused as refused:
            raise self._mismatch(refused) from refused.__cause__

    def _mismatch(self, refused: Refused) -> PayloadMismatch:
        return PayloadMismatch(
            self.stream_id, self.event_version, self.event_type, self.schema_version, refused.path, refused.reason
        )

    def _undecodable(self, part: str) -> UndecodableEvent:
        reason = self.undecodable[part].reason
        return UndecodableEvent(self.stream_id, self.event_version, self.event_type, self.schema_version, part, reason)

    def _stored(self, name: str) -> Any:
        """Return a field as it is stored, even if that can't be read."""
        return self.undecodable.get(name) or getattr(self, "stored_payload" if name == "payload" else name)

    def __reduce__(self) -> tuple[Any, ...]:
        # As stored: another process, or a later version of the code, may know newer shapes.
        values = {name: self._stored(name) for name in RECORDED_FIELDS}
        if self.outdated_payload is not None and not self.is_upcast:
            values |= {"payload": self.payload, "outdated_payload": self.outdated_payload}
        return _rebuild, (type(self), values)

    def __repr__(self) -> str:
        # What is stored: to show an event must not fail.
        values = {name: self._stored(name) for name in RECORDED_FIELDS}
        return f"RecordedEvent({', '.join(f'{name}={value!r}' for name, value in values.items())})"


def _rebuild(kind: type[RecordedEvent], values: dict[str, Any]) -> RecordedEvent:
    return kind(**values)


_NOT_STORED = {"outdated_payload", "is_upcast", "undecodable"}

RECORDED_FIELDS = tuple(field.name for field in fields(RecordedEvent) if field.name not in _NOT_STORED)
"""The names of what is stored of an event, in order; the model's fields have the same names."""
