"""Deciders: decisions and state as plain functions, served by the same repositories as aggregates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any, ClassVar, Generic, TypeVar

from ..encoding import JSONObject
from ..instances import EventLike
from .aggregate import Aggregate, shown
from .applying import AppliedEvent
from .ledger import AggregateId

Command = TypeVar("Command")
State = TypeVar("State")


class DecidedAggregate(Aggregate, Generic[Command, State], registered=False):
    """An aggregate whose state and decisions are those of a decider."""

    decider: ClassVar[Decider[Any, Any]]

    def __init__(self, aggregate_id: AggregateId) -> None:
        super().__init__(aggregate_id)
        self.state: State = self.decider.initial_state()

    def execute(self, command: Command) -> None:
        """Decide on a command: raise the events that the decider answers with, or what it raises."""
        for event in list(self.decider.decide(command, self.state)):
            self.raise_event(event)

    def _apply(self, event: AppliedEvent) -> None:
        self.state = self.decider.evolve(self.state, event)

    def displayed_state(self) -> JSONObject:
        """Return the state for people to look at: that of the snapshot, or else the state's own fields."""
        if self.decider.to_snapshot is not None:
            return super().displayed_state()
        state: Any = self.state
        fields = asdict(state) if is_dataclass(state) and not isinstance(state, type) else state
        return (
            {key: shown(value) for key, value in fields.items()}
            if isinstance(fields, dict)
            else {"state": shown(fields)}
        )


class _WithSnapshots(DecidedAggregate[Any, Any], registered=False):
    """A decider that can be made into snapshots and back."""

    def to_snapshot(self) -> JSONObject:
        """Return the state as the decider puts it."""
        assert self.decider.to_snapshot is not None  # noqa: S101  # or it would not be of this class
        return self.decider.to_snapshot(self.state)

    def from_snapshot(self, data: JSONObject) -> None:
        """Take the state as the decider reads it."""
        assert self.decider.from_snapshot is not None  # noqa: S101  # as above
        self.state = self.decider.from_snapshot(data)


@dataclass(frozen=True)
class Decider(Generic[Command, State]):
    """Three functions that are an aggregate.

    ``initial_state()``
        the state before the first event: a function, or a class that needs no arguments.
    ``decide(command, state)``
        the events that a command leads to; none, or an exception, if it is refused.
    ``evolve(state, event)``
        the state after one more event (an ``AppliedEvent``). Must not change the one before it.
    ``to_snapshot(state)``, ``from_snapshot(data)``
        both, for snapshots; ``snapshot_schema_version`` as in ``Aggregate``.
    """

    aggregate_type: str
    initial_state: Callable[[], State]
    decide: Callable[[Command, State], Iterable[EventLike]]
    evolve: Callable[[State, AppliedEvent], State]
    to_snapshot: Callable[[State], JSONObject] | None = None
    from_snapshot: Callable[[JSONObject], State] | None = None
    snapshot_schema_version: int = 1
    aggregate_class: type[DecidedAggregate[Command, State]] = field(init=False, repr=False, compare=False)
    """The class of aggregates that repositories of this decider give."""

    def __post_init__(self) -> None:
        if (self.to_snapshot is None) != (self.from_snapshot is None):
            raise TypeError(f"Decider {self.aggregate_type!r} needs both to_snapshot and from_snapshot, or none.")
        base = DecidedAggregate if self.to_snapshot is None else _WithSnapshots
        body = {
            "__module__": getattr(self.decide, "__module__", __name__),
            "__qualname__": getattr(self.decide, "__qualname__", self.aggregate_type),
            "aggregate_type": self.aggregate_type,
            "snapshot_schema_version": self.snapshot_schema_version,
            "decider": self,
        }
        object.__setattr__(self, "aggregate_class", type(self.aggregate_type, (base,), body))
