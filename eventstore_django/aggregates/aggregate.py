"""The base of aggregates: state that follows from events, and decisions that raise them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ..encoding import JSONObject, Refused, decode, encode
from ..events import NewEvent
from ..exceptions import ReadOnlyAggregate, UnhandledEvent
from ..instances import EventLike
from .applying import AppliedEvent, Handler, handlers_of
from .ledger import AggregateId, Ledger, id_text
from .raising import RaisedEvent
from .registry import registry

if TYPE_CHECKING:
    from ..events import RecordedEvent


class Aggregate:
    """State that follows from the events of one stream, and decisions on it.

    ::

        class Account(Aggregate):
            balance = Decimal(0)

            def withdraw(self, amount: Decimal) -> None:
                if amount > self.balance:
                    raise Refused
                self.raise_event("MoneyWithdrawn", {"amount": amount})

            @applies("MoneyWithdrawn")
            def _withdrawn(self, event: AppliedEvent) -> None:
                self.balance -= Decimal(event.payload["amount"])

    A subclass that needs lists or dicts makes them in its ``__init__(self, aggregate_id)``, which
    calls this one. Knows neither Django nor a database: a ``Repository`` loads and saves it.
    """

    aggregate_type: ClassVar[str]
    """The type in stream names and snapshots; by default the name of the class. Keep it when you rename the class."""

    snapshot_schema_version: ClassVar[int] = 1
    """Count it up when the shape or the meaning of ``to_snapshot()`` changes: older snapshots are then ignored."""

    ignores_unknown_events: ClassVar[bool] = False
    """Whether an event that no method applies is passed over. If not, it is an UnhandledEvent."""

    _handlers: ClassVar[Mapping[str, Handler]] = {}

    def __init_subclass__(cls, *, registered: bool = True, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "aggregate_type" not in vars(cls):
            cls.aggregate_type = cls.__name__
        cls._handlers = handlers_of(cls)
        if registered:
            registry.add(cls)

    def __init__(self, aggregate_id: AggregateId) -> None:
        self._ledger = Ledger(id_text(aggregate_id))

    def __repr__(self) -> str:
        pending = f", {len(self.pending_events)} pending" if self.pending_events else ""
        return f"<{type(self).__name__} {self.id!r} at {self.version}{pending}>"

    @property
    def id(self) -> str:
        """The id in the stream's name."""
        return self._ledger.aggregate_id

    @property
    def version(self) -> int:
        """The version of the stream that it was loaded at or saved as; 0 for a new one. Pending events don't count."""
        return self._ledger.version

    @property
    def pending_events(self) -> tuple[NewEvent, ...]:
        """What was raised and is not stored yet."""
        return tuple(self._ledger.pending)

    def raise_event(
        self,
        event: EventLike | str,
        payload: JSONObject | None = None,
        *,
        metadata: JSONObject | None = None,
        occurred_at: datetime | None = None,
    ) -> None:
        """Say that something has happened: the state changes now, and the event is stored by ``save``.

        Takes an instance of a registered class, a NewEvent, or a type and a payload. Raise InvalidEvent
        for what can't be stored, UnhandledEvent if no method applies it, ReadOnlyAggregate for a state of
        the past.
        """
        if self._ledger.is_past:
            raise ReadOnlyAggregate(f"{self!r} shows a state of the past and raises no events: load it as it is now.")
        new = _new_event(event, payload, metadata, occurred_at)
        # As it will look when it is replayed: a method must not see anything else.
        self._apply(RaisedEvent(new, self.version + len(self._ledger.pending) + 1))
        self._ledger.pending.append(new)

    @classmethod
    def replay(cls, aggregate_id: AggregateId, events: Iterable[RecordedEvent]) -> Self:
        """Return the aggregate that these stored events lead to, in their order."""
        aggregate = cls(aggregate_id)
        aggregate._replay(events)
        return aggregate

    def _replay(self, events: Iterable[RecordedEvent]) -> None:
        for event in events:
            self._apply(event)
            self._ledger.version = event.event_version

    def _apply(self, event: AppliedEvent) -> None:
        handler = self._handlers.get(event.event_type)
        if handler is not None:
            handler(self, event)
        elif not self.ignores_unknown_events:
            raise UnhandledEvent(self.aggregate_type, event.event_type, event.event_version)

    def to_snapshot(self) -> JSONObject:
        """Return the whole state as what a payload may hold. Without it no snapshots are taken."""
        raise NotImplementedError(f"{type(self).__name__} defines no to_snapshot().")

    def from_snapshot(self, data: JSONObject) -> None:
        """Take the state from what ``to_snapshot`` gave, as it comes out of the store (a Decimal is its text).

        Called on a new aggregate. What it raises makes the snapshot unusable: events are replayed.
        """
        raise NotImplementedError(f"{type(self).__name__} defines no from_snapshot().")

    def displayed_state(self) -> JSONObject:
        """Return the state as JSON, for people to look at: that of the snapshot, or else the public attributes."""
        if has_snapshots(type(self)):
            return {name: shown(value) for name, value in self.to_snapshot().items()}
        return {name: shown(value) for name, value in vars(self).items() if not name.startswith("_")}


def _new_event(
    event: EventLike | str, payload: JSONObject | None, metadata: JSONObject | None, occurred_at: datetime | None
) -> NewEvent:
    if isinstance(event, str):
        return NewEvent(event, {} if payload is None else payload, metadata=metadata, occurred_at=occurred_at)
    if payload is not None:
        raise TypeError("raise_event() takes a payload beside the name of a type only.")
    if not isinstance(event, NewEvent):
        return NewEvent.of(event, metadata=metadata, occurred_at=occurred_at)
    if metadata is not None or occurred_at is not None:
        raise TypeError("raise_event() takes a NewEvent alone: metadata and time are its own.")
    return event


def has_snapshots(kind: type[Aggregate]) -> bool:
    """Whether a class of aggregates can be made into snapshots and back."""
    return kind.to_snapshot is not Aggregate.to_snapshot and kind.from_snapshot is not Aggregate.from_snapshot


def shown(value: object) -> object:
    """Return a value as JSON has it; what can't be stored as its repr()."""
    try:
        return decode(encode({"value": value}))["value"]
    except Refused:
        return repr(value)


def ledger_of(aggregate: Aggregate) -> Ledger:
    """Return the bookkeeping of an aggregate, for those who load and save it."""
    return aggregate._ledger
