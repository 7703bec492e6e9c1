"""The append in the words of the ORM: for databases without stored functions, and for very large calls.

The same steps, in the same order, as ``sql/postgresql/append.sql``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F

from ..encoding import decode
from ..plans import AppendPlan, PlannedEvent
from .outcomes import Conflict, Known, Outcome, Stored

if TYPE_CHECKING:
    from .base import Backend

# Events of one INSERT: each may have a mebibyte, and a statement must stay far below a gibibyte.
_BATCH = 50


def append_with_orm(backend: Backend, plan: AppendPlan) -> Outcome:
    """Lock, look for known ids, check, write. Must run inside a transaction."""
    versions = backend.lock_streams(plan)
    if _any_known(backend, plan):
        outcome: Outcome = Known(versions)
    elif plan.conflicts(versions):
        outcome = Conflict(versions)
    else:
        outcome = _write(backend, plan, versions)
    backend.release_streams(plan)
    return outcome


def _any_known(backend: Backend, plan: AppendPlan) -> bool:
    known = stored_positions(backend, plan)
    return any((plan.stream_of(event).text, event.source.event_id) in known for event in plan.events)


def stored_positions(backend: Backend, plan: AppendPlan) -> dict[tuple[str, UUID], int]:
    """Return the positions of those events of the plan that are stored, by stream and id."""
    found: dict[tuple[str, UUID], int] = {}
    names = [name.text for name in plan.streams]
    ids = [event.source.event_id for event in plan.events]
    for start in range(0, len(ids), 500):
        rows = backend.events.filter(event_id__in=ids[start : start + 500], stream_id__in=names)
        for stream_id, event_id, position in rows.values_list("stream_id", "event_id", "position"):
            found[stream_id, event_id] = position
    return found


def _write(backend: Backend, plan: AppendPlan, versions: Sequence[int]) -> Stored:
    now = backend.now()
    if plan.events:
        _write_streams(backend, plan, versions, now)
        rows = [_row(backend, plan, event, versions[event.slot], now) for event in plan.events]
        backend.events.bulk_create(rows, batch_size=_BATCH)
    positions = stored_positions(backend, plan)
    keys = [(plan.stream_of(event).text, event.source.event_id) for event in plan.events]
    return Stored(versions, [positions[key] for key in keys], now)


def _row(backend: Backend, plan: AppendPlan, event: PlannedEvent, version: int, now: datetime):  # type: ignore[no-untyped-def]  # a model that is not loaded yet
    stream = plan.stream_of(event)
    return backend.events.model(
        event_id=event.source.event_id,
        stream_id=stream.text,
        category=stream.category,
        partition=stream.partition,
        aggregate_id=event.aggregate_id,
        aggregate_type=event.aggregate_type,
        event_type=event.source.event_type,
        event_version=version + event.offset,
        schema_version=event.source.schema_version,
        payload=decode(event.payload),
        metadata=decode(event.metadata),
        occurred_at=event.occurred_at,
        created_at=now,
    )


def _write_streams(backend: Backend, plan: AppendPlan, versions: Sequence[int], now: datetime) -> None:
    for name, version, count in zip(plan.streams, versions, plan.added(), strict=True):
        if not count:
            continue
        changed = backend.streams.filter(pk=name.text).update(version=F("version") + count, updated_at=now)
        if not changed:
            backend.streams.bulk_create([backend.stream_row(name, version + count, now)])
