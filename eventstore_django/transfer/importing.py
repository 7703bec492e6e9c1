"""The import: chunk by chunk, each one transaction, so that a second run goes on where the first one ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connections, reset_queries

from ..appending import load_plan
from ..backends import backend_for
from ..events import RECORDED_FIELDS, NewEvent, RecordedEvent
from ..exceptions import DuplicateEventError, ImportRefused, InvalidEvent
from ..models import Event
from ..plans import MAX_EVENTS, AppendPlan, plan_load
from ..store import EventStore
from .chunks import Chunks
from .contents import difference
from .records import Key, Record


@dataclass(slots=True)
class ImportProgress:
    """How far an import is: events stored by it, events that were there already, and the last line done."""

    stored: int = 0
    known: int = 0
    line: int = 0

    @property
    def events(self) -> int:
        """Events of all lines done."""
        return self.stored + self.known


class EventImport:
    """Stores the events of lines, in the lines' order.

    An event that is there already is left as it is, so an import can be run again, whatever ended
    the first one. ``progress`` tells how far it is, also after an error. With ``dry_run`` every line
    is checked, against the stored events too, and nothing is written; what it can't find is an id that
    stands for two events in distant lines.
    """

    def __init__(self, store: EventStore, *, chunk_size: int = MAX_EVENTS, dry_run: bool = False) -> None:
        if not 1 <= chunk_size <= MAX_EVENTS:
            raise ValueError(f"chunk_size must be between 1 and {MAX_EVENTS}, not {chunk_size}.")
        self._store = store
        self._chunk_size = chunk_size
        self._dry_run = dry_run
        self._look_first = True
        self._meanwhile: Callable[[], object] = lambda: None
        self.progress = ImportProgress()

    def run(
        self,
        lines: Iterable[tuple[int, bytes]],
        report: Callable[[ImportProgress], object] = lambda _: None,
        *,
        read_ahead: bool = False,
    ) -> ImportProgress:
        """Import numbered lines; call ``report`` after each chunk.

        With ``read_ahead`` the next lines are read while the database stores the last ones, which are
        not committed before: only for lines that nobody has to wait for.

        Raise ImportRefused for the first line that is no event, or whose id is stored with other
        content. The lines before it are stored then.
        """
        found = Chunks(lines, self._chunk_size)
        if read_ahead:
            self._meanwhile = found.read
        for chunk in found:
            self._import(chunk)
            # With DEBUG Django keeps every statement, and here some hold a thousand ids.
            reset_queries()
            report(self.progress)
        if self.progress.stored > self._chunk_size and not self._dry_run:
            backend_for(self._store.using).analyse()
        return self.progress

    def _import(self, chunk: Sequence[Record]) -> None:
        try:
            self._import_whole(chunk)
        except ImportRefused as refused:
            # A chunk is all or nothing: what stands before the refused line is stored without it.
            before = [record for record in chunk if record.line < refused.line]
            if before:
                self._import(before)
            raise

    def _import_whole(self, chunk: Sequence[Record]) -> None:
        fresh = _distinct(chunk)
        if self._look_first:
            fresh = self._not_stored(fresh)
        while fresh and not self._store_all(fresh):
            # One was stored earlier, or at this moment by another import of these lines: found now.
            remaining = self._not_stored(fresh)
            if len(remaining) == len(fresh):
                raise _stored_unseen(fresh[0])
            fresh = remaining
        # The database finds a stored id itself. To ask beforehand pays only where some may be stored.
        self._look_first = self._dry_run or len(fresh) < len(chunk)
        self.progress.stored += len(fresh)
        self.progress.known += len(chunk) - len(fresh)
        self.progress.line = chunk[-1].line

    def _store_all(self, records: Sequence[Record]) -> bool:
        plan = _planned(records)
        return self._dry_run or load_plan(self._store.using, plan, self._meanwhile)

    def _not_stored(self, records: Sequence[Record]) -> list[Record]:
        """Leave out those that are stored. Raise ImportRefused for an id that is stored with other content."""
        stored = self._stored_keys([record.event.event_id for record in records])
        self._compare({record.key: record for record in records if record.has_own_id and record.key in stored})
        return [record for record in records if record.key not in stored]

    def _compare(self, known: dict[Key, Record]) -> None:
        there = self._stored_events([event_id for _, event_id in known])
        for key, record in known.items():
            if key in there:
                _refuse_other(record, there[key], "stored is")

    def _stored_keys(self, event_ids: Sequence[UUID]) -> set[Key]:
        return set(self._rows(event_ids, "stream_id", "event_id"))

    def _stored_events(self, event_ids: Sequence[UUID]) -> dict[Key, RecordedEvent]:
        events = (RecordedEvent(*row) for row in self._rows(event_ids, *RECORDED_FIELDS))
        return {(event.stream_id, event.event_id): event for event in events}

    def _rows(self, event_ids: Sequence[UUID], *fields: str) -> Iterator[tuple]:  # type: ignore[type-arg]
        alias = self._store.using
        events = Event.objects.using(alias).order_by()
        most = connections[alias].features.max_query_params or MAX_EVENTS
        with backend_for(alias).translated():
            for start in range(0, len(event_ids), most):
                yield from events.filter(event_id__in=event_ids[start : start + most]).values_list(*fields)


def _planned(records: Sequence[Record]) -> AppendPlan:
    try:
        return plan_load((record.stream, record.event) for record in records)
    except InvalidEvent as error:
        raise ImportRefused(records[error.index or 0].line, f"{error.path}: {error.reason}") from error


def _stored_unseen(record: Record) -> DuplicateEventError:
    # Under REPEATABLE READ, in a transaction that began before the other import committed.
    reason = "an event id is in use already, where this transaction can't see it"
    return DuplicateEventError(record.stream.text, [record.event.event_id], reason)


def _distinct(records: Sequence[Record]) -> list[Record]:
    first: dict[Key, Record] = {}
    for record in records:
        earlier = first.setdefault(record.key, record)
        if earlier is not record:
            _refuse_other(record, earlier.event, f"line {earlier.line} has")
    return list(first.values())


def _refuse_other(record: Record, there: NewEvent | RecordedEvent, where: str) -> None:
    if part := difference(record.stream, record.event, there):
        event_id = record.event.event_id
        raise ImportRefused(record.line, f"event_id: {where} an event with the id {event_id} and another {part}")
