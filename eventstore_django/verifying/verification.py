"""The verification of a log: part after part, beside whoever writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..backends import Backend, backend_for
from ..store import EventStore
from .checkpoints import other_checkpoints
from .findings import Finding
from .histories import histories
from .payloads import PayloadCheck
from .portions import Portion, portion_behind
from .positions import head_beyond, positions_twice, sequence_behind
from .schemas import faults_of
from .scopes import Scope
from .snapshots import snapshots_ahead
from .streams import examine

Report = Callable[[int, int], object]


class Verification:
    """Goes through a log and gives what does not keep the promises of the store.

    Nothing is written. What others write meanwhile is no finding: the streams are read in portions,
    each of them as it is at one moment. ``streams`` and ``events`` count what was seen so far.
    """

    def __init__(self, store: EventStore, scope: Scope | None = None) -> None:
        self._backend: Backend = backend_for(store.using)
        self.scope = scope or Scope()
        self.streams = 0
        self.events = 0

    def log(self) -> Iterator[Finding]:
        """Give what is wrong with the log as a whole; nothing if the scope is one stream."""
        if self.scope.is_one_stream:
            return
        with self._backend.translated():
            faults = self._backend.faults()
            yield from faults_of(faults, self._backend.missing_guards())
            if not faults:
                # They go by what the schema promises.
                yield from sequence_behind(self._backend)
                yield from head_beyond(self._backend)
                yield from other_checkpoints(self._backend)
            yield from positions_twice(self._backend, self.scope)

    def histories(self, report: Report = lambda streams, events: None) -> Iterator[Finding]:
        """Give what is wrong with each stream; call ``report`` now and then with streams and events done."""
        portion = None
        while portion is None or portion.until is not None:
            with self._backend.translated():
                portion, found = self._portion(portion.until if portion else None)
            report(self.streams, self.events)
            yield from found

    def payloads(self) -> PayloadCheck:
        """Return what goes through the payloads of the events, by the types that are registered here."""
        return PayloadCheck(self._backend, self.scope)

    @property
    def length(self) -> int:
        """About how many streams there are to go through."""
        return 1 if self.scope.is_one_stream else self._backend.tally("eventstore_streams").number

    def _count(self, events: int) -> None:
        self.streams += 1
        self.events += events

    def _portion(self, after: str | None) -> tuple[Portion, list[Finding]]:
        # The findings of each stream are bounded, and with them this list. It is given away when the
        # transaction is over: whoever gets them may take a while, or write.
        found: list[Finding] = []
        with self._backend.one_view():
            portion = portion_behind(self._backend, after, self.scope)
            for history in histories(self._backend, portion.condition):
                found += examine(history, self._count)
            found += snapshots_ahead(self._backend, portion.condition)
        return portion, found
