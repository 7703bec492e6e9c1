"""The append by the stored functions: one statement, whatever is appended.

One event: ``sql/postgresql/append_event.sql``; any number of them: ``append.sql``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..plans import AppendPlan, PlannedEvent
from .cursors import fetched_row
from .outcomes import Conflict, Known, Outcome, Stored

if TYPE_CHECKING:
    from .base import Backend

APPEND_EVENT = (
    "SELECT eventstore_append_event_v2(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s::boolean)"
)
APPEND = "SELECT outcome, versions, positions, stored_micros FROM eventstore_append_v1(%s::jsonb)"

# The same where the append is the whole transaction. One that lost a race has locked the stream's row: its commit would
# wait for the disk, and whoever waits for the row with it, though there is nothing in it to be kept. Never inside a
# transaction of the caller, whose other writes are: the setting holds until the transaction ends.
APPEND_ALONE = """
SELECT
    outcome, versions, positions, stored_micros,
    CASE WHEN outcome <> 'stored' THEN set_config('synchronous_commit', 'off', true) END
FROM eventstore_append_v1(%s::jsonb)
"""

_CONFLICT = 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def append_event_with_function(backend: Backend, plan: AppendPlan, alone: bool) -> Outcome:
    """Append one event to one stream."""
    outcome, version, *stored = fetched_row(backend.connection, APPEND_EVENT, event_parameters(plan, alone))[0]
    if stored:
        return Stored((version,), (stored[0],), from_micros(stored[1]))
    return (Conflict if outcome == _CONFLICT else Known)((version,))


def append_with_function(backend: Backend, plan: AppendPlan, alone: bool) -> Outcome:
    """Append any number of events to any number of streams."""
    statement = APPEND_ALONE if alone else APPEND
    with backend.connection.cursor() as cursor:
        cursor.execute(statement, [call(plan)])
        outcome, versions, positions, stored_micros, *_ = cursor.fetchone()
    if outcome == "stored":
        return Stored(versions, positions or (), stored_micros and from_micros(stored_micros))
    return Conflict(versions) if outcome == "conflict" else Known(versions)


def from_micros(micros: int) -> datetime:
    """Return the time of so many microseconds since 1970, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def event_parameters(plan: AppendPlan, alone: bool) -> tuple[Any, ...]:
    """Return the parameters of APPEND_EVENT for a plan of one event."""
    stream, event = plan.streams[0], plan.events[0]
    source = event.source
    return (
        stream.text,
        stream.category,
        stream.partition,
        stream.aggregate_id,
        plan.checks[0].expected.number,
        source.event_id,
        source.event_type,
        source.schema_version,
        # What is not given costs nothing on the way: the function takes the stream's, and no metadata.
        source.aggregate_type,
        source.aggregate_id,
        event.payload,
        None if event.metadata == "{}" else event.metadata,
        event.occurred_at,
        alone,
    )


def call(plan: AppendPlan) -> str:
    """Return the parameter of APPEND: the plan as JSON, as the stored function describes it."""
    streams = [
        [name.text, name.category, name.partition, name.aggregate_id, count]
        for name, count in zip(plan.streams, plan.added(), strict=True)
    ]
    checks = [[check.slot, check.offset, check.expected.number] for check in plan.checks]
    events = ",".join(map(_event, plan.events))
    return f'{{"streams":{json.dumps(streams)},"checks":{json.dumps(checks)},"events":[{events}]}}'


def _event(event: PlannedEvent) -> str:
    source = event.source
    head = json.dumps(
        [
            event.slot,
            event.offset,
            str(source.event_id),
            source.event_type,
            source.schema_version,
            event.aggregate_type,
            event.aggregate_id,
            event.occurred_at.isoformat(),
        ]
    )
    # Payload and metadata are JSON already: encoded once, whatever the call looks like.
    return f"{head[:-1]},{event.payload},{event.metadata}]"
