"""The append: plan the call, let the database check the expected versions and write, tell the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import TypeAlias, TypeVar

from django.db import Error

from . import conf
from .announcing import announce, is_heard
from .backends import Backend, backend_for
from .backends.outcomes import Conflict, Known, Stored
from .context import current_metadata
from .encoding import decode
from .events import RecordedEvent
from .exceptions import ConcurrencyError, TransactionAborted
from .idempotency import first_events
from .operations import AppendOperation, AppendResult
from .plans import AppendPlan, PlannedEvent, plan_append
from .recording import recorded_event

_Answer = TypeVar("_Answer")
_Write: TypeAlias = Callable[[AppendPlan, bool], _Answer]


def append_operations(alias: str, operations: Iterable[AppendOperation]) -> list[AppendResult]:
    """Store all operations or none; return a result for each.

    Raise ConcurrencyError with every failing stream, DuplicateEventError, or InvalidEvent before
    any SQL. Joins the caller's transaction; outside of one it is a transaction of its own.
    """
    plan = plan_append(operations, current_metadata())
    backend = backend_for(alias)
    outcome = _attempt(backend, plan, backend.append)
    if isinstance(outcome, Conflict):
        conflicts = plan.conflicts(outcome.versions)
        raise ConcurrencyError(*conflicts[0], conflicts)
    if isinstance(outcome, Known):
        with backend.translated(plan):
            events = first_events(backend, plan)
        return _replayed(plan, outcome, events)
    results = _stored(plan, outcome)
    if plan.events:
        announce(backend, results)
    return results


def load_plan(alias: str, plan: AppendPlan, meanwhile: Callable[[], object] = lambda: None) -> bool:
    """Store the events of a plan that expects nothing of its streams, all or none: an append without results.

    Return False where nothing was stored, as at least one of the events is stored already, also where it
    is the same. ``meanwhile`` may be called while the database works, so it must not use it.
    """
    backend = backend_for(alias)
    if not is_heard():
        stored = _attempt(backend, plan, partial(backend.load, meanwhile=meanwhile))
        if stored:
            announce(backend, ())
        return stored
    outcome = _attempt(backend, plan, backend.append)
    if not isinstance(outcome, Stored):
        return False
    announce(backend, _stored(plan, outcome))
    return True


def _attempt(backend: Backend, plan: AppendPlan, write: _Write[_Answer]) -> _Answer:
    if backend.in_transaction():
        with backend.guard():
            return _translated(backend, plan, write, alone=False)
    # A lost race (REPEATABLE READ, SERIALIZABLE, a busy database) is tried again where the append is
    # the whole transaction; inside the caller's only the caller can start afresh.
    attempts = 0
    while True:
        try:
            return _translated(backend, plan, write, alone=True)
        except (ConcurrencyError, TransactionAborted):
            attempts += 1
            if attempts > conf.retries():
                raise


def _translated(backend: Backend, plan: AppendPlan, write: _Write[_Answer], *, alone: bool) -> _Answer:
    try:
        return write(plan, alone)
    except Error as error:
        backend.raise_translated(error, plan)


def _stored(plan: AppendPlan, outcome: Stored) -> list[AppendResult]:
    first = 0
    results = []
    for slot, offset, count, _ in plan.checks:
        make = partial(_recorded, plan, outcome, first, first + count)
        results.append(AppendResult.of_stored(plan.streams[slot].text, outcome.versions[slot] + offset + count, make))
        first += count
    return results


def _recorded(plan: AppendPlan, outcome: Stored, first: int, end: int) -> tuple[RecordedEvent, ...]:
    rows = zip(plan.events[first:end], outcome.positions[first:end], strict=True)
    return tuple(_recorded_event(plan, event, position, outcome) for event, position in rows)


def _recorded_event(plan: AppendPlan, event: PlannedEvent, position: int, outcome: Stored) -> RecordedEvent:
    stream = plan.stream_of(event)
    assert outcome.created_at is not None  # noqa: S101  # events were stored, so there is a time
    return recorded_event(
        position,
        event.source.event_id,
        stream.text,
        outcome.versions[event.slot] + event.offset,
        event.source.event_type,
        # Decoded anew: what a reader will see, and out of reach of later changes to the caller's dict.
        decode(event.payload),
        {} if event.metadata == "{}" else decode(event.metadata),
        event.aggregate_id,
        event.aggregate_type,
        stream.category,
        stream.partition,
        event.occurred_at,
        outcome.created_at,
        event.source.schema_version,
    )


def _replayed(plan: AppendPlan, outcome: Known, events: Sequence[RecordedEvent]) -> list[AppendResult]:
    remaining = iter(events)
    results = []
    for slot, _, count, _ in plan.checks:
        first = tuple(islice(remaining, count))
        version = first[-1].event_version if first else outcome.versions[slot]
        results.append(AppendResult(plan.streams[slot].text, version, first, replayed=bool(first)))
    return results
