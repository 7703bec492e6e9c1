"""The payloads of events: whether they can be read, and as the types that are registered in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from django.db.models import Count, Max

from .. import conf
from ..backends import Backend
from ..encoding import json_fault
from ..events import RecordedEvent
from ..eventtypes.registry import registry
from ..exceptions import PayloadMismatch
from ..querysets import EventQuerySet
from .findings import Finding
from .kinds import Kind
from .scopes import Scope

# Events in memory at a time: each may have a mebibyte, and more than that as Python objects.
_FETCH = 50


class PayloadCheck:
    """Reads every event up to the end that the log has at the beginning."""

    def __init__(self, backend: Backend, scope: Scope) -> None:
        self._backend = backend
        self._known = registry.by_name.keys() | registry.chains.keys()
        self._events = scope.of(backend.events)
        self._last = self._events.aggregate(last=Max("position"))["last"] or 0
        self._first = max(scope.from_position or 1, 1)
        self.events = 0

    @property
    def length(self) -> int:
        """Positions to go through: an upper bound of the events."""
        return max(self._last - self._first + 1, 0)

    def findings(self, report: Callable[[int, int], object] = lambda done, events: None) -> Iterator[Finding]:
        """Give the events that can't be read as what they are; ``report`` gets positions and events done."""
        events = self._events.filter(position__lte=self._last).order_by("position")
        size = conf.read_batch_size()
        position, rest = 0, 0
        while not rest:
            rest = size
            for event in self._read(events.filter(position__gt=position)[:size]):
                yield from self._mismatches(event)
                position, rest = event.position, rest - 1
                self.events += 1
            report(max(position - self._first + 1, 0), self.events)

    def unregistered(self) -> dict[str, int]:
        """Return how many events there are of each type that has no class here."""
        others = self._events.filter(position__lte=self._last).exclude(event_type__in=list(registry.by_name))
        counts = others.order_by("event_type").values("event_type").annotate(events=Count("event_id"))
        with self._backend.translated():
            return dict(counts.values_list("event_type", "events"))

    def _read(self, events: EventQuerySet) -> Iterator[RecordedEvent]:
        with self._backend.translated():
            rows = events.values_list(*self._backend.recorded_columns)
            yield from self._backend.recorded_events(rows.iterator(chunk_size=_FETCH))

    def _strictly(self, event: RecordedEvent) -> RecordedEvent:
        with self._backend.translated():
            row = self._events.filter(position=event.position).values_list(*self._backend.recorded_columns).get()
        return self._backend.strictly_recorded(row)

    def _mismatches(self, event: RecordedEvent) -> Iterator[Finding]:
        if event.undecodable:
            for part in event.undecodable:
                yield from _found(event, partial(getattr, event, part))
        elif json_fault((event.stored_payload, event.metadata)) is not None:
            yield from self._mismatches(self._strictly(event))
        elif event.event_type in registry.by_name:
            yield from _found(event, lambda: event.typed)
        elif event.event_type in self._known:
            yield from _found(event, lambda: event.payload)


def _found(event: RecordedEvent, read: Callable[[], object]) -> Iterator[Finding]:
    try:
        read()
    except PayloadMismatch as error:
        yield Finding(Kind.PAYLOAD, f"{error}", event.stream_id, event.event_version, event.position)
