"""An aggregate into the store: its pending events as an operation of an append."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..aggregates.aggregate import Aggregate, ledger_of
from ..exceptions import ReadOnlyAggregate
from ..names import StreamName
from ..operations import AppendOperation, AppendResult


class AfterAppend(Protocol):
    """Who is told of an append."""

    def after_append(self, aggregate: Aggregate, previous_version: int) -> None:
        """Take a snapshot, perhaps."""


@dataclass(frozen=True, slots=True)
class Saving:
    """The saving of one aggregate."""

    aggregate: Aggregate
    partition: str | None = None

    def stream_id(self) -> str:
        """Return the stream to write to. Raise ValueError if the aggregate came from another one."""
        ledger = ledger_of(self.aggregate)
        name = StreamName.of(self.aggregate.aggregate_type, self.aggregate.id, self.partition).text
        if ledger.stream_id not in (None, name):
            raise ValueError(f"{self.aggregate!r} belongs to stream {ledger.stream_id!r}, not to {name!r}.")
        return name

    def operation(self) -> AppendOperation:
        """Return what to append, and the version to expect. Without pending events it only checks."""
        if ledger_of(self.aggregate).is_past:
            raise ReadOnlyAggregate(f"{self.aggregate!r} shows a state of the past and can't be saved.")
        return AppendOperation(self.stream_id(), self.aggregate.pending_events, self.aggregate.version)

    def accept(self, result: AppendResult, manager: AfterAppend) -> AppendResult:
        """Note that the events are stored, and let a snapshot be taken."""
        ledger = ledger_of(self.aggregate)
        previous, had_events = ledger.version, bool(ledger.pending)
        ledger.stream_id = result.stream_id
        if had_events:
            ledger.version = result.version
            ledger.pending.clear()
            manager.after_append(self.aggregate, previous)
        return result
