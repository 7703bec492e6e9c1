"""Many events by COPY: half of the server's work for each, and nothing is given back (``sql/postgresql/load.sql``)."""

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

# The time as text: it goes back as it came, whatever Django makes of times.
EXTEND = "SELECT versions, stored_at::text FROM eventstore_extend_streams_v1(%s::jsonb)"
COPY = (
    "COPY eventstore_events (event_version, occurred_at, event_id, schema_version, aggregate_type, aggregate_id, "
    "event_type, event_data, metadata, stream_id, category, partition, created_at) FROM STDIN"
)

# Events that are sent at once: few enough to lie in the socket's buffer while the server stores them.
_PIECE = 250


def load_with_copy(backend: Backend, plan: AppendPlan, meanwhile: Callable[[int], object]) -> bool:
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


def _copy(backend: Backend, plan: AppendPlan, cursor: Any, meanwhile: Callable[[int], object]) -> None:
    cursor.execute(EXTEND, [_streams(plan)])
    versions, stored_at = cursor.fetchone()
    ends = [_end(name, stored_at) for name in plan.streams]
    # Errors of the driver: Django translates those of its own methods only.
    with backend.connection.wrap_database_errors, cursor.copy(COPY) as copy:
        for piece in _pieces(plan.events):
            copy.write("".join(_rows(piece, ends, versions)))
            meanwhile(len(piece))


def _streams(plan: AppendPlan) -> str:
    streams = zip(plan.streams, plan.added(), strict=True)
    return json.dumps([[name.text, name.category, name.partition, name.aggregate_id, count] for name, count in streams])


def _pieces(events: Sequence[PlannedEvent]) -> Iterator[Sequence[PlannedEvent]]:
    for first in range(0, len(events), _PIECE):
        yield events[first : first + _PIECE]


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
