"""Many events by COPY: half of the server's work for each, and nothing is given back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from ..exceptions import DuplicateEventError
from ..names import StreamName
from ..plans import AppendPlan, PlannedEvent

if TYPE_CHECKING:
    from .base import Backend

# Streams are locked, moved on and, if need be, created in the order of their names, as every writer does: two calls
# never wait for each other in a circle. Each row is found by its key and by no plan. The time is that of after the last
# lock, since times ascend within a stream; as text, since it goes back as it came, whatever Django makes of times.
EXTEND = """
WITH extended AS (
    INSERT INTO eventstore_streams AS s (stream_id, version, category, partition, aggregate_type, aggregate_id)
    SELECT e.value ->> 0, (e.value -> 4)::bigint, e.value ->> 1, e.value ->> 2, e.value ->> 1, e.value ->> 3
    FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY e
    ORDER BY e.ordinality
    ON CONFLICT (stream_id) DO UPDATE SET version = s.version + excluded.version, updated_at = clock_timestamp()
    RETURNING s.stream_id, s.version, s.updated_at
)
SELECT array_agg(e.version ORDER BY e.stream_id), max(e.updated_at)::text FROM extended e
"""
COPY = (
    "COPY eventstore_events (event_version, occurred_at, event_id, schema_version, aggregate_type, aggregate_id, "
    "event_type, event_data, metadata, stream_id, category, partition, created_at) FROM STDIN"
)


def load_with_copy(backend: Backend, plan: AppendPlan, meanwhile: Callable[[], object]) -> bool:
    """Lock the streams and copy the events; False if the unique key knows an event id."""
    try:
        # A savepoint in a transaction of the caller, which stays usable.
        with transaction.atomic(using=backend.alias), backend.connection.cursor() as cursor:
            _copy(backend, plan, cursor, meanwhile)
    except IntegrityError as error:
        if isinstance(backend.translate(error, plan), DuplicateEventError):
            return False
        raise
    return True


def _copy(backend: Backend, plan: AppendPlan, cursor: Any, meanwhile: Callable[[], object]) -> None:
    added = plan.added()
    cursor.execute(EXTEND, [_streams(plan, added)])
    versions, stored_at = cursor.fetchone()
    before = [version - count for version, count in zip(versions, added, strict=True)]
    ends = [_end(name, stored_at) for name in plan.streams]
    # Errors of the driver: Django translates those of its own methods only.
    with backend.connection.wrap_database_errors, cursor.copy(COPY) as copy:
        copy.write("".join(_rows(plan.events, ends, before)))
        # The server stores what has come to it, and nobody has to wait for it yet.
        meanwhile()


def _streams(plan: AppendPlan, added: Sequence[int]) -> str:
    streams = zip(plan.streams, added, strict=True)
    return json.dumps([[name.text, name.category, name.partition, name.aggregate_id, count] for name, count in streams])


def _rows(events: Sequence[PlannedEvent], ends: Sequence[str], versions: Sequence[int]) -> Iterator[str]:
    """Give the events as lines of COPY's text format.

    Of what it escapes only backslashes can occur: names hold no control characters, and JSON escapes its own.
    """
    for source, slot, offset, occurred_at, aggregate_type, aggregate_id, payload, metadata in events:
        yield (
            f"{versions[slot] + offset}\t{occurred_at.isoformat()}\t{source.event_id}\t{source.schema_version}"
            f"\t{_escaped(aggregate_type)}\t{_escaped(aggregate_id)}\t{_escaped(source.event_type)}"
            f"\t{_escaped(payload)}\t{_escaped(metadata)}\t{ends[slot]}"
        )


def _end(name: StreamName, stored_at: str) -> str:
    """Return what the lines of a stream end with."""
    partition = "\\N" if name.partition is None else _escaped(name.partition)
    return f"{_escaped(name.text)}\t{_escaped(name.category)}\t{partition}\t{stored_at}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")
