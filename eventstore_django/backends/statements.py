"""The statements of the PostgreSQL backend, and how a plan becomes their parameters."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from ..plans import AppendPlan, PlannedEvent

_EVENT = "eventstore_append_event_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s)"
APPEND_EVENT = f"SELECT {_EVENT}"
APPEND = "SELECT outcome, versions, positions, stored_micros FROM eventstore_append_v1(%s::jsonb)"

# The same where the append is the whole transaction. One that lost a race has locked the stream's row: its commit would
# wait for the disk, and whoever waits for the row with it, though there is nothing in it to be kept. Never inside a
# transaction of the caller, whose other writes are: the setting holds until the transaction ends.
APPEND_EVENT_ALONE = f"""
SELECT result, CASE WHEN result[1] > 0 THEN set_config('synchronous_commit', 'off', true) END
FROM (SELECT {_EVENT} AS result OFFSET 0) AS called
"""  # noqa: S608  # its one part is written above
APPEND_ALONE = """
SELECT
    outcome, versions, positions, stored_micros,
    CASE WHEN outcome <> 'stored' THEN set_config('synchronous_commit', 'off', true) END
FROM eventstore_append_v1(%s::jsonb)
"""

WATERMARK = """
SELECT eventstore_watermark_v1(), current_setting('transaction_isolation'), pg_is_in_recovery()
"""

PUBLISH = "SELECT head, head_revision, publishing FROM eventstore_publish_v1(%s, %s, %s)"

FAULTS = """
SELECT
    s.seqcache, s.seqincrement, s.seqcycle,
    has_sequence_privilege('eventstore_events_position_seq', 'SELECT, USAGE'),
    eventstore_position_lock_class(),
    (SELECT count(*) FROM pg_trigger WHERE tgrelid = 'eventstore_events'::regclass
        AND tgname = 'eventstore_show_position' AND tgenabled IN ('O', 'A'))
FROM pg_sequence s WHERE s.seqrelid = 'eventstore_events_position_seq'::regclass
"""

TRIGGERS = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'eventstore_events'::regclass AND tgenabled IN ('O', 'A')"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def from_micros(micros: int) -> datetime:
    """Return the time of so many microseconds since 1970, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def event_parameters(plan: AppendPlan) -> tuple[Any, ...]:
    """Return the parameters of APPEND_EVENT for a plan of one event."""
    stream, event = plan.streams[0], plan.events[0]
    return (
        stream.text,
        stream.category,
        stream.partition,
        stream.aggregate_id,
        plan.checks[0].expected.number,
        event.source.event_id,
        event.source.event_type,
        event.source.schema_version,
        event.aggregate_type,
        event.aggregate_id,
        event.payload,
        event.metadata,
        event.occurred_at,
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


# A stream's version and its last snapshot up to a version, in one round trip: by hand, since the ORM takes
# longer to write this than the database to answer it.
LAST_SNAPSHOT = """
SELECT n.*, s.version AS stream_version
FROM eventstore_streams s
LEFT JOIN eventstore_snapshots n ON n.stream_id = s.stream_id AND n.version = (
    SELECT max(version) FROM eventstore_snapshots WHERE stream_id = s.stream_id AND version <= %s
)
WHERE s.stream_id = %s
"""
