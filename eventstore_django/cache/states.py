"""What a cached read asks the database: the open end of a stream, and whether what is kept still holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import BigIntegerField, F, Func, Subquery, Value
from django.db.models.functions import Greatest, Least

from .. import conf
from ..backends import backend_for
from ..backends.templates import QueryTemplate
from ..events import RecordedEvent

_LAST = 2**62
"""Above every version."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Events of a stream, with its version and the number of its erased events, all of one moment."""

    events: list[RecordedEvent]
    version: int
    erased: int


def read_end(using: str, stream_id: str, first: int, until: int | None) -> Rows | None:
    """Read a stream from the last event of its last whole chunk on; None if nothing is there.

    That event is the anchor: what is kept holds if it leads up to it. ``until`` is the end of a chunk
    that the read does not go beyond; versions below ``first`` are left out.
    """
    return _rows(_end, using, stream_id, conf.cache_chunk_size(), first, _LAST if until is None else until)


def read_range(using: str, stream_id: str, first: int, until: int) -> Rows | None:
    """Read a stream between two versions, both included; None if nothing is there."""
    return _rows(_range, using, stream_id, first, until)


def read_erased(using: str, stream_id: str) -> int:
    """Return how many lines erasures have left for a stream: each one leaves some, and none goes away."""
    with backend_for(using).translated():
        erased: int = _erased(using, stream_id).get()
    return erased


def _rows(template: QueryTemplate, using: str, *values: Any) -> Rows | None:
    backend = backend_for(using)
    with backend.translated():
        rows = list(backend.rows(template, *values))
        events = list(backend.recorded_events(row[:-2] for row in rows))
    return Rows(events, *rows[0][-2:]) if rows else None


def _end(using: str, stream_id: str, size: int, first: int, until: int) -> Any:
    whole = F("stream__version") - F("stream__version") % _number(size)
    return _range(using, stream_id, Greatest(Least(whole, _number(until)), _number(first)), until)


def _range(using: str, stream_id: str, first: Any, until: int) -> Any:
    events = apps.get_model("eventstore", "Event").objects.using(using).stream(stream_id)
    events = events.filter(event_version__gte=first, event_version__lte=until)
    columns = backend_for(using).recorded_columns
    return events.values_list(*columns, F("stream__version"), Subquery(_erased(using, stream_id)))


def _erased(using: str, stream_id: str) -> Any:
    # As an expression: count() of a queryset would be a statement of its own.
    model = apps.get_model("eventstore", "ErasedEvent")
    lines = model._base_manager.using(using).filter(stream_id=stream_id).order_by()
    count = Func(F("pk"), function="COUNT", output_field=BigIntegerField())
    return lines.annotate(lines=count).values_list("lines", flat=True)


def _number(value: int) -> Value:
    return Value(value, BigIntegerField())
