"""An event store that reads what can't change from Django's cache."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import attrgetter
from typing import Any

from .. import conf
from ..events import RecordedEvent
from ..instances import EventLike
from ..names import StreamName
from ..operations import AppendOperation, AppendResult
from ..store import EventStore
from ..versions import ANY, ExpectedVersionLike
from .chunks import chunk_of
from .history import History
from .shelves import Shelf
from .states import Rows, read_end

MAX_CHUNKS = 200
"""A read that needs more goes to the database and keeps nothing: one long stream must not displace all others."""

_HIGHEST = 2**62


class CachedEventStore(EventStore):
    """Wraps a store; ``get_events`` and ``iter_events`` take closed ranges of a stream from the cache.

    What it returns is what the wrapped store would return at that moment: each read asks the database,
    in one statement, for the open end of the stream and whether what is kept still holds. All else
    passes through.

    ``cache`` names a cache in ``CACHES``; ``timeout`` is in seconds, None keeps until the cache drops it.
    """

    def __init__(
        self, store: EventStore | None = None, *, cache: str = "default", timeout: float | None = 3600
    ) -> None:
        super().__init__()
        self._store = store or EventStore()
        self._cache = cache
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"CachedEventStore({self._store!r}, cache={self._cache!r}, timeout={self._timeout!r})"

    @property
    def using(self) -> str:
        """The name of the connection."""
        return self._store.using

    # From the cache

    def get_events(self, stream_id: str, from_version: int = 1, to_version: int | None = None) -> list[RecordedEvent]:
        """Return a stream's events, both ends included; closed ranges from the cache."""
        name = StreamName.parse(stream_id)
        found = None
        if not name.is_all and _are_bounds(from_version, to_version):
            found = self._cached(name.text, max(from_version, 1), to_version)
        return self._store.get_events(stream_id, from_version, to_version) if found is None else found.events

    def iter_events(
        self, stream_id: str, from_version: int | None = None, to_version: int | None = None, *, backwards: bool = False
    ) -> Iterator[RecordedEvent]:
        """Give a stream's events one by one, in bounded memory; forwards, closed ranges from the cache."""
        name = StreamName.parse(stream_id)
        if name.is_all or backwards or not _are_bounds(from_version, to_version):
            return self._store.iter_events(stream_id, from_version, to_version, backwards=backwards)
        return self._forwards(name.text, max(from_version or 1, 1), to_version)

    # Passed through

    def append(
        self, stream_id: str, events: Iterable[EventLike], expected_version: ExpectedVersionLike = ANY
    ) -> AppendResult:
        """See ``EventStore.append``."""
        return self._store.append(stream_id, events, expected_version)

    def append_batch(self, operations: Iterable[AppendOperation]) -> list[AppendResult]:
        """See ``EventStore.append_batch``."""
        return self._store.append_batch(operations)

    def get_stream_version(self, stream_id: str) -> int:
        """See ``EventStore.get_stream_version``."""
        return self._store.get_stream_version(stream_id)

    def get_all_events(self, from_position: int = 1, limit: int = 1000) -> list[RecordedEvent]:
        """See ``EventStore.get_all_events``."""
        return self._store.get_all_events(from_position, limit)

    def get_category_events(self, category: str, from_position: int = 1, limit: int = 1000) -> list[RecordedEvent]:
        """See ``EventStore.get_category_events``."""
        return self._store.get_category_events(category, from_position, limit)

    def iter_all_events(
        self, from_position: int | None = None, to_position: int | None = None, **options: Any
    ) -> Iterator[RecordedEvent]:
        """See ``EventStore.iter_all_events``."""
        return self._store.iter_all_events(from_position, to_position, **options)

    def head_position(self) -> int:
        """See ``EventStore.head_position``."""
        return self._store.head_position()

    # How

    def _cached(self, stream_id: str, first: int, last: int | None) -> Rows | None:
        """Return the range and the state of the stream, or None where only the wrapped store can tell."""
        shelf = Shelf.of(self._cache, self.using, stream_id)
        until = None if last is None else -(-last // shelf.size) * shelf.size
        end = read_end(self.using, stream_id, first, until)
        if end is None:
            return None
        closed = end.version - end.version % shelf.size
        closed = closed if until is None else min(closed, until)
        numbers = range(chunk_of(first, shelf.size), closed // shelf.size)
        if not numbers:
            return replace(end, events=_between(end.events, first, last))
        if len(numbers) > MAX_CHUNKS or end.events[0].event_version != closed:
            return None  # in the second case the anchor was erased
        events = History(self.using, stream_id, shelf, self._timeout).leading_up_to(end, numbers)
        if events is None:
            return None
        return replace(end, events=_between([*events, *end.events[1:]], first, last))

    def _forwards(self, stream_id: str, first: int, last: int | None) -> Iterator[RecordedEvent]:
        size = conf.read_batch_size()
        while last is None or first <= last:
            until = first + size - 1 if last is None else min(first + size - 1, last)
            page = self._cached(stream_id, first, until)
            if page is None:
                yield from self._store.iter_events(stream_id, first, last)
                return
            yield from page.events
            if page.version <= until:
                return
            first = until + 1


def _are_bounds(*bounds: int | None) -> bool:
    """Whether ranges can be reckoned with; what the database makes of anything else is its own affair."""
    return all(bound is None or (isinstance(bound, int) and -_HIGHEST < bound < _HIGHEST) for bound in bounds)


def _between(events: list[RecordedEvent], first: int, last: int | None) -> list[RecordedEvent]:
    version = attrgetter("event_version")
    start = bisect_left(events, first, key=version)
    return events[start:] if last is None else events[start : bisect_right(events, last, key=version)]
