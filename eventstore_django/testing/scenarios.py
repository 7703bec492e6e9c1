"""Given, when, then: what an aggregate or decider decides, told by events, without a database.

::

    def test_a_withdrawal_is_recorded():
        (
            given(Account, AccountOpened("Ada"), MoneyDeposited(Decimal(100)))
            .when(lambda account: account.withdraw(Decimal(30)))
            .then(MoneyWithdrawn(Decimal(30)))
        )

Events are instances of registered classes or NewEvents; compared are their types and payloads. Needs no
pytest. With it the fixture ``given`` of ``eventstore_django.testing.plugin`` sees to it that no ``then`` is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from difflib import ndiff
from typing import Any, Generic, TypeVar, cast, overload

from ..aggregates.aggregate import Aggregate
from ..aggregates.deciders import DecidedAggregate, Decider
from ..aggregates.snapshots import AggregateSnapshot
from ..events import NewEvent, RecordedEvent
from ..instances import EventLike, as_new_event
from ..names import StreamName
from ..plans import checked_payload

A = TypeVar("A", bound=Aggregate)
Command = TypeVar("Command")
State = TypeVar("State")

_ANY = object()


class Given(Generic[A]):
    """An aggregate with its history, waiting for something to do."""

    def __init__(self, aggregate: A) -> None:
        self.aggregate = aggregate
        self.is_checked = False
        """Whether a ``then`` has looked at the outcome."""

    def when(self, action: Any) -> Outcome[A]:
        """Let it decide: call a function of the aggregate, or let the decider decide on a command."""
        error = None
        try:
            if isinstance(self.aggregate, DecidedAggregate):
                self.aggregate.execute(action)
            else:
                action(self.aggregate)
        except Exception as raised:  # looked at by ``then_raises``, and raised again by all others
            error = raised
        return Outcome(self, error)


class Outcome(Generic[A]):
    """What came of it. Each ``then`` can be followed by another."""

    def __init__(self, scenario: Given[A], error: Exception | None) -> None:
        self._scenario = scenario
        self._error = error
        self._is_expected = False

    @property
    def aggregate(self) -> A:
        """The aggregate, to look at it closely."""
        return self._scenario.aggregate

    def then(self, *events: EventLike) -> Outcome[A]:
        """Demand that exactly these events were raised, in this order."""
        self._refuse_error()
        expected = _lines(as_new_event(event) for event in events)
        actual = _lines(self.aggregate.pending_events)
        if expected != actual:
            raise AssertionError(_difference(f"{self._name} raised other events", expected, actual))
        return self

    def then_nothing(self) -> Outcome[A]:
        """Demand that no event was raised."""
        return self.then()

    def then_raises(self, kind: type[Exception], match: str | None = None) -> Outcome[A]:
        """Demand an exception of this type, whose text ``match`` is found in, and no events."""
        self._scenario.is_checked = True
        error = self._error
        if error is None:
            raised = _lines(self.aggregate.pending_events) or ["nothing"]
            raise AssertionError(f"{self._name} was to raise {kind.__name__}, and recorded:\n" + "\n".join(raised))
        if not isinstance(error, kind) or (match is not None and not re.search(match, str(error))):
            wanted = kind.__name__ if match is None else f"{kind.__name__} matching {match!r}"
            raise AssertionError(f"{self._name} was to raise {wanted}, and raised {error!r}.") from error
        self._is_expected = True
        if self.aggregate.pending_events:
            raise AssertionError(_difference(f"{self._name} raised events and {error!r}", [], self._pending_lines()))
        return self

    def then_state(self, state: object = _ANY, **attributes: object) -> Outcome[A]:
        """Demand that the decider's state is this, or that these attributes of state or aggregate have these values."""
        self._refuse_error()
        aggregate: Any = self.aggregate
        subject = aggregate.state if isinstance(aggregate, DecidedAggregate) else aggregate
        if state is not _ANY and subject != state:
            raise AssertionError(_difference(f"{self._name} is in another state", [repr(state)], [repr(subject)]))
        expected = [f"{name} = {value!r}" for name, value in attributes.items()]
        actual = [f"{name} = {getattr(subject, name)!r}" for name in attributes]
        if any(getattr(subject, name) != value for name, value in attributes.items()):
            raise AssertionError(_difference(f"{self._name} is in another state", expected, actual))
        return self

    @property
    def _name(self) -> str:
        return self.aggregate.aggregate_type

    def _pending_lines(self) -> list[str]:
        return _lines(self.aggregate.pending_events)

    def _refuse_error(self) -> None:
        self._scenario.is_checked = True
        if self._error is not None and not self._is_expected:
            raise AssertionError(f"{self._name} raised {self._error!r}.") from self._error


@overload
def given(
    kind: Decider[Command, State], *events: EventLike, aggregate_id: str = "1"
) -> Given[DecidedAggregate[Command, State]]: ...


@overload
def given(kind: type[A], *events: EventLike, aggregate_id: str = "1") -> Given[A]: ...


def given(kind: Any, *events: EventLike, aggregate_id: str = "1") -> Any:
    """Return an aggregate, or the aggregate of a decider, to which these events have happened."""
    chosen: type[Aggregate] = kind.aggregate_class if isinstance(kind, Decider) else kind
    stream = StreamName.of(chosen.aggregate_type, aggregate_id)
    new = [as_new_event(event) for event in events]
    stored = (_recorded(stream, event, version) for version, event in enumerate(new, start=1))
    return Given(chosen.replay(aggregate_id, stored))


def assert_snapshot_keeps_state(aggregate: Aggregate, state: Callable[[Any], object] | None = None) -> None:
    """Demand that an aggregate is the same after it was made into a snapshot and back.

    Compared are its attributes without ``_`` before them, or what ``state`` returns.
    """
    kind = type(aggregate)
    again = kind(aggregate.id)
    snapshot = AggregateSnapshot(aggregate.id, aggregate.aggregate_type, 1, aggregate.to_snapshot())
    again.from_snapshot(snapshot.stored_data())
    of = state or _attributes
    if of(again) != of(aggregate):
        expected, actual = _rows(of(aggregate)), _rows(of(again))
        raise AssertionError(_difference(f"A snapshot of {aggregate.aggregate_type} loses state", expected, actual))


def _attributes(aggregate: Any) -> dict[str, object]:
    return {name: value for name, value in vars(aggregate).items() if not name.startswith("_")}


def _rows(state: object) -> list[str]:
    if isinstance(state, dict):
        return [f"{name} = {value!r}" for name, value in state.items()]
    return [repr(state)]


def _recorded(stream: StreamName, event: NewEvent, version: int) -> RecordedEvent:
    return RecordedEvent(
        version,
        event.event_id,
        stream.text,
        version,
        event.event_type,
        checked_payload(event),
        event.metadata or {},
        stream.aggregate_id,
        stream.aggregate_type,
        stream.category,
        stream.partition,
        event.occurred_at,
        event.occurred_at,
        event.schema_version,
    )


def _lines(events: Iterable[NewEvent]) -> list[str]:
    lines: list[str] = []
    for event in events:
        payload = checked_payload(event)
        text = json.dumps(payload, indent=2, sort_keys=True, ensure_ascii=False) if payload else "{}"
        first, *rest = text.splitlines()
        lines += [f"{event.event_type} {first}", *rest]
    return lines


def _difference(title: str, expected: list[str], actual: list[str]) -> str:
    lines = cast("list[str]", [line.rstrip("\n") for line in ndiff(expected, actual)])
    return "\n".join([f"{title} (- expected, + actual):", *lines])
