"""The export: settled events in the global order, as they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .. import conf
from ..backends import backend_for
from ..encoding import UNDECODABLE
from ..events import RecordedEvent
from ..models import Event
from ..names import StreamName
from ..querysets import EventQuerySet
from ..store import EventStore
from .records import line_of
from .targets import Write

REPORT_EVERY = 1000
"""Events between two reports of how far an export is."""

# Events in memory at a time: each may have a mebibyte, and more than that as Python objects.
_FETCH = 50


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: everything, or what all given conditions select. Positions are inclusive."""

    stream: str | None = None
    category: str | None = None
    partition: str | None = None
    from_position: int | None = None
    to_position: int | None = None

    def of(self, events: EventQuerySet) -> EventQuerySet:
        """Return those of the events that are selected."""
        if self.stream is not None:
            events = events.stream(self.stream)
        if self.category is not None:
            events = events.category(self.category)
        return events if self.partition is None else events.partition(self.partition)


class EventExport:
    """Writes lines of the events that are settled when it begins: what comes later is not waited for.

    ``events`` counts those written so far, ``length`` is the number of positions to go through;
    ``undecodable`` are the positions of what Python can't read, or not write: it is written as it is stored.
    Raise InvalidStreamName for a selected stream that can't be one.
    """

    def __init__(self, store: EventStore, selection: Selection) -> None:
        self._alias = store.using
        self._selection = selection
        self._of_stream = selection.stream is not None and not StreamName.parse(selection.stream).is_all
        self._first = max(selection.from_position or 1, 1)
        head = store.head_position()
        self._last = head if selection.to_position is None else min(selection.to_position, head)
        self.events = 0
        self.undecodable: list[int] = []

    @property
    def length(self) -> int:
        """Positions from the first to the last that is asked for: an upper bound of the events."""
        return max(self._last - self._first + 1, 0)

    def run(self, write: Write, report: Callable[[int, int], object] = lambda done, events: None) -> int:
        """Write the events, return their number; call ``report`` with positions and events done now and then."""
        event = None
        for event in self._selected():
            write(self._line(event))
            self.events += 1
            if self.events % REPORT_EVERY == 0:
                report(event.position - self._first + 1, self.events)
        if event is not None:
            report(event.position - self._first + 1, self.events)
        return self.events

    def _line(self, event: RecordedEvent) -> bytes:
        try:
            line = line_of(event)
        except UNDECODABLE:
            # It was read and can't be written, as infinity: only what is stored can be.
            event = self._as_stored(event)
            line = line_of(event)
        if event.undecodable:
            self.undecodable.append(event.position)
        return line

    def _as_stored(self, event: RecordedEvent) -> RecordedEvent:
        backend = backend_for(self._alias)
        with backend.translated():
            row = backend.events.filter(position=event.position).values_list(*backend.recorded_columns).get()
        return backend.strictly_recorded(row)

    def _selected(self) -> Iterator[RecordedEvent]:
        # At or below the last position nothing can appear any more: one look at the watermark is enough.
        events: EventQuerySet = Event.objects.using(self._alias).filter(position__range=(self._first, self._last))
        # In a stream the versions are in the order of the positions, and have the index that serves it.
        field = "event_version" if self._of_stream else "position"
        events = self._selection.of(events).order_by(field)
        size = conf.read_batch_size()
        last, rest = 0, 0
        while not rest:
            rest = size
            for event in self._read(events.filter(**{f"{field}__gt": last})[:size]):
                yield event
                last = getattr(event, field)
                rest -= 1

    def _read(self, events: EventQuerySet) -> Iterator[RecordedEvent]:
        # Not through the store, which reads pages as large as they are asked for.
        with backend_for(self._alias).translated():
            yield from events.recorded().iterator(chunk_size=_FETCH)
