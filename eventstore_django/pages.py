"""Pages of a stream and of the log: what is read most, by statements that are made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from . import conf
from .backends import backend_for
from .backends.templates import Limit
from .encoding import text_fault
from .events import RecordedEvent

if TYPE_CHECKING:
    from django.db.models import QuerySet

FURTHEST = 2**62
"""Beyond every version and position; what is further off is cut to it, for columns end at 2**63."""

ReadPage = Callable[[int, int, int], list[RecordedEvent]]
"""Reads events between two numbers, both included, up to a limit."""


def read_stream(using: str, stream_id: str, first: int, last: int | None) -> list[RecordedEvent]:
    """Return the events of a stream from one version to another, both included; None is no end."""
    backend = backend_for(using)
    with backend.translated():
        rows = backend.rows(_stream_range, stream_id, lowest(first), highest(last))
        return list(backend.recorded_events(rows))


def stream_version(using: str, stream_id: str) -> int:
    """Return the version of a stream, 0 for one that does not exist."""
    backend = backend_for(using)
    with backend.translated():
        versions = list(backend.rows(_stream_version, stream_id))
    return versions[0][0] if versions else 0


def walk_stream(
    using: str, stream_id: str, start: int | None, end: int | None, backwards: bool
) -> Iterator[RecordedEvent]:
    """Give the events of a stream one by one, from one version to another, both included."""
    page = Page("event_version", ("stream_id",), backwards)

    def read(first: int, last: int, limit: int) -> list[RecordedEvent]:
        backend = backend_for(using)
        with backend.translated():
            rows = backend.rows(page, first, last, Limit(limit), stream_id)
            return list(backend.recorded_events(rows))

    return _walk(read, page, start, end)


def read_log(
    using: str, names: dict[str, str], first: int, last: int, limit: int, backwards: bool = False
) -> list[RecordedEvent]:
    """Return settled events with these names, by column, from one position to another, both included.

    At most ``limit``, from the first on, or from the last one when it goes ``backwards``. Raise
    UnsafeRead where the order promise can't be kept.
    """
    if any(map(text_fault, names.values())):
        return []  # what can't be stored can't be found
    backend = backend_for(using)
    with backend.translated():
        # In a statement of its own, before the one that reads up to it: whoever drew a position at or below the
        # watermark has ended when it is returned, and only a snapshot taken after that shows all of their events.
        # Both in one statement would lose events, and so would a watermark that is kept for the next page:
        # that may be read in a transaction whose snapshot is older (docs/positions.md).
        last = min(last, backend.watermark())
    return read_settled(using, names, first, last, limit, backwards)


def read_settled(
    using: str, names: dict[str, str], first: int, last: int, limit: int, backwards: bool = False
) -> list[RecordedEvent]:
    """Return the same, where ``last`` is settled: no higher than a watermark that was found before this is called."""
    if first > last:
        return []
    backend = backend_for(using)
    with backend.translated():
        rows = backend.rows(Page("position", tuple(names), backwards), first, last, Limit(limit), *names.values())
        return list(backend.recorded_events(rows))


def walk_log(
    using: str, names: dict[str, str], start: int | None, end: int | None, backwards: bool
) -> Iterator[RecordedEvent]:
    """Give settled events with these names one by one, from one position to another, both included."""

    def read(first: int, last: int, limit: int) -> list[RecordedEvent]:
        return read_log(using, names, first, last, limit, backwards)

    return _walk(read, Page("position", tuple(names), backwards), start, end)


def lowest(number: Any) -> int:
    """Return the whole number from which a range begins: of a float the next one above, as the ORM does."""
    return _within_columns(ceil(number) if isinstance(number, float) else number)


def highest(number: Any) -> int:
    """Return the whole number at which a range ends; None is no end."""
    return FURTHEST if number is None else _within_columns(number)


@dataclass(frozen=True, slots=True)
class Page:
    """Template of a page: ``column`` is what it goes by, ``names`` are the columns that must be equal to texts.

    Equal pages share one statement.
    """

    column: str
    names: tuple[str, ...]
    backwards: bool = False

    def __call__(self, using: str, first: int, last: int, limit: int, *texts: str) -> QuerySet[Any, tuple[Any, ...]]:
        """Return the query for the events from one number to another, both included."""
        backend = backend_for(using)
        names = dict(zip(self.names, texts, strict=True))
        events = backend.in_order(self.column, first, last, names, self.backwards)
        found: QuerySet[Any, tuple[Any, ...]] = events[:limit].values_list(*backend.recorded_columns)
        return found


def _stream_range(using: str, stream_id: str, first: int, last: int) -> QuerySet[Any, tuple[Any, ...]]:
    backend = backend_for(using)
    rows = backend.events.filter(stream_id=stream_id, event_version__gte=first, event_version__lte=last)
    found: QuerySet[Any, tuple[Any, ...]] = rows.order_by("event_version").values_list(*backend.recorded_columns)
    return found


def _stream_version(using: str, stream_id: str) -> QuerySet[Any, tuple[Any, ...]]:
    found: QuerySet[Any, tuple[Any, ...]] = backend_for(using).streams.filter(pk=stream_id).values_list("version")
    return found


def _walk(read: ReadPage, page: Page, start: Any, end: Any) -> Iterator[RecordedEvent]:
    size = conf.read_batch_size()
    first, last = (end, start) if page.backwards else (start, end)
    first = -FURTHEST if first is None else lowest(first)
    last = highest(last)
    while True:
        events = read(first, last, size)
        yield from events
        if len(events) < size:
            return
        reached: int = getattr(events[-1], page.column)
        first, last = (first, reached - 1) if page.backwards else (reached + 1, last)


def _within_columns(number: Any) -> int:
    whole = number if type(number) is int else int(number)
    return max(-FURTHEST, min(FURTHEST, whole))
