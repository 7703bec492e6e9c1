"""The base of aggregates: state that follows from events, and decisions that raise them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ..encoding import JSONObject, Refused, decode, encode
from ..events import NewEvent
from ..exceptions import ReadOnlyAggregate, UnhandledEvent
from ..plans import stored_payload
from .applying import AppliedEvent, RaisedEvent, methods_of
from .ledger import AggregateId, Ledger, id_text
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

    _methods: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, *, registered: bool = True, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "aggregate_type" not in vars(cls):
            cls.aggregate_type = cls.__name__
        cls._methods = methods_of(cls)
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
        event: NewEvent | str,
        payload: JSONObject | None = None,
        *,
        metadata: JSONObject | None = None,
        occurred_at: datetime | None = None,
    ) -> None:
        """Say that something has happened: the state changes now, and the event is stored by ``save``.

        Takes a NewEvent, or what one is made of. Raise InvalidEvent for what can't be stored,
        UnhandledEvent if no method applies it, ReadOnlyAggregate for a state of the past.
        """
        if self._ledger.is_past:
            raise ReadOnlyAggregate(f"{self!r} shows a state of the past and raises no events: load it as it is now.")
        if not isinstance(event, NewEvent):
            event = NewEvent(event, {} if payload is None else payload, metadata=metadata, occurred_at=occurred_at)
        version = self.version + len(self._ledger.pending) + 1
        # Decoded: a method must see what it will see when the event is replayed.
        self._apply(RaisedEvent(event.event_type, stored_payload(event), version, event.occurred_at))
        self._ledger.pending.append(event)

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
        method = self._methods.get(event.event_type)
        if method is not None:
            getattr(self, method)(event)
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
