"""What happens when event ids of an append are stored already: the first result again, or an error."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from .backends import Backend
from .context import CONTEXT_KEYS
from .encoding import JSONObject, decode
from .events import RecordedEvent
from .exceptions import DuplicateEventError
from .plans import AppendPlan, PlannedEvent

_Found: TypeAlias = Mapping[tuple[str, UUID], RecordedEvent]


def first_events(backend: Backend, plan: AppendPlan) -> list[RecordedEvent]:
    """Return the stored events of a repeated call, in the call's order.

    Raise DuplicateEventError where it is not the same call: some ids are new, or an id was stored
    with other content or in another order.
    """
    found = _stored(backend, plan)
    for event in plan.events:
        stream_id = plan.stream_of(event).text
        recorded = found.get((stream_id, event.source.event_id))
        if recorded is None:
            known = [event_id for stream, event_id in found if stream == stream_id] or [key[1] for key in found]
            raise DuplicateEventError(stream_id, known, "only some of the event ids are stored already")
        if difference := _difference(event, recorded):
            reason = f"an event with this id is stored already, with another {difference}"
            raise DuplicateEventError(stream_id, [recorded.event_id], reason)
    events = [found[plan.stream_of(event).text, event.source.event_id] for event in plan.events]
    _refuse_other_order(events)
    return events


def _stored(backend: Backend, plan: AppendPlan) -> _Found:
    names = [name.text for name in plan.streams]
    ids = [event.source.event_id for event in plan.events]
    found: dict[tuple[str, UUID], RecordedEvent] = {}
    for start in range(0, len(ids), 500):
        rows = backend.events.filter(event_id__in=ids[start : start + 500], stream_id__in=names)
        for event in backend.recorded_events(rows.values_list(*backend.recorded_columns)):
            found[event.stream_id, event.event_id] = event
    return found


def _difference(event: PlannedEvent, recorded: RecordedEvent) -> str | None:
    for part in recorded.undecodable:
        # The store has not written that, so it is not of this call.
        return part
    same = {
        "event type": event.source.event_type == recorded.event_type,
        "schema version": event.source.schema_version == recorded.schema_version,
        "aggregate type": event.aggregate_type == recorded.aggregate_type,
        "aggregate id": event.aggregate_id == recorded.aggregate_id,
        "time": not event.source.timed or event.occurred_at == recorded.occurred_at,
        "payload": _canonical(decode(event.payload)) == _canonical(recorded.stored_payload),
        "metadata": _same_metadata(event, recorded.metadata),
    }
    return next((part for part, is_same in same.items() if not is_same), None)


def _same_metadata(event: PlannedEvent, recorded: JSONObject) -> bool:
    # What the context filled in tells of the call, not of the event: a retry comes in another request.
    given = event.source.metadata or {}
    ignored = CONTEXT_KEYS.difference(given)
    now = {key: value for key, value in decode(event.metadata).items() if key not in ignored}
    then = {key: value for key, value in recorded.items() if key not in ignored}
    return _canonical(now) == _canonical(then)


def _canonical(value: JSONObject) -> str:
    # As text: in Python 1, 1.0 and True are equal, as content they are not.
    return json.dumps(value, sort_keys=True)


def _refuse_other_order(events: Sequence[RecordedEvent]) -> None:
    last: dict[str, int] = {}
    for event in events:
        if event.event_version <= last.get(event.stream_id, 0):
            raise DuplicateEventError(event.stream_id, [event.event_id], "these events are stored in another order")
        last[event.stream_id] = event.event_version
