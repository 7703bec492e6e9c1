"""The payloads of events, held against the types that are registered in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Count, Max

from .. import conf
from ..backends import Backend
from ..events import RECORDED_FIELDS, RecordedEvent
from ..eventtypes.registry import registry
from ..exceptions import PayloadMismatch
from ..querysets import EventQuerySet
from .findings import Finding
from .kinds import Kind
from .scopes import Scope

# Events in memory at a time: each may have a mebibyte, and more than that as Python objects.
_FETCH = 50


class PayloadCheck:
    """Reads every event of a type that has a class or upcasters, up to the end that the log has at the beginning."""

    def __init__(self, backend: Backend, scope: Scope) -> None:
        self._backend = backend
        self._known = sorted(registry.by_name.keys() | registry.chains.keys())
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
        events = self._events.filter(event_type__in=self._known, position__lte=self._last).order_by("position")
        size = conf.read_batch_size()
        position, rest = 0, 0
        while not rest:
            rest = size
            for event in self._read(events.filter(position__gt=position)[:size]):
                yield from _mismatch(event)
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
            for row in events.values_list(*RECORDED_FIELDS).iterator(chunk_size=_FETCH):
                yield RecordedEvent(*row)


def _mismatch(event: RecordedEvent) -> Iterator[Finding]:
    try:
        # The class where there is one; without it, the upcasters.
        _ = event.typed if event.event_type in registry.by_name else event.payload
    except PayloadMismatch as error:
        yield Finding(Kind.PAYLOAD, f"{error}", event.stream_id, event.event_version, event.position)
