"""Pages of the log: by position, both ways, of settled events only; no COUNT, no OFFSET."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from ..events import RecordedEvent
from ..pages import FURTHEST, read_log
from ..querysets import EventQuerySet
from .parameters import choice, whole_number
from .sources import Source

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100
FORWARD, BACKWARD = "forward", "backward"

PAGING = ("after", "limit", "direction")
"""The query parameters that choose a page."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: at most ``limit`` events behind the position ``after``, seen in the direction.

    Without ``after`` it is the first one: from the oldest event on, or from the newest one back.
    """

    after: int | None = None
    limit: int = DEFAULT_LIMIT
    backward: bool = False

    @classmethod
    def read(cls, query: QueryDict) -> PageRequest:
        """Read the page that a query asks for. Raise InvalidField."""
        return cls(
            whole_number(query, "after", 0),
            whole_number(query, "limit", 1, MAX_LIMIT) or DEFAULT_LIMIT,
            choice(query, "direction", (FORWARD, BACKWARD)) == BACKWARD,
        )

    def of(self, source: Source, until: int | None = None) -> list[RecordedEvent]:
        """Return the events of the page, in the direction, none above the position ``until``.

        Two queries, one for the watermark; a third in a stream, where the version is found to go on from.
        """
        if source.names is not None:
            # By the index on the name: PostgreSQL could also walk the log to where the next event of a category is.
            first, last = self._positions()
            last = last if until is None else min(last, until)
            return read_log(source.events.db, source.names, first, last, self.limit, self.backward)
        events = source.events if until is None else source.events.up_to(until)
        behind, order = self._behind(events, source.one_stream)
        return list(behind.settled().order_by(f"-{order}" if self.backward else order).recorded()[: self.limit])

    def _positions(self) -> tuple[int, int]:
        """Return between which positions the page can be, both included."""
        if self.backward:
            return 1, FURTHEST if self.after is None else self.after - 1
        return 1 if self.after is None else min(self.after, FURTHEST) + 1, FURTHEST

    def _behind(self, events: EventQuerySet, one_stream: bool) -> tuple[EventQuerySet, str]:
        onward = "lt" if self.backward else "gt"
        if one_stream:
            if self.after is None:
                return events, "event_version"
            # A stream has an index by version. Links name the position of one of its events: from there on.
            version = events.filter(position=self.after).values_list("event_version", flat=True).first()
            if version is not None:
                return events.filter(**{f"event_version__{onward}": version}), "event_version"
        if self.after is not None:
            events = events.filter(**{f"position__{onward}": self.after})
        return events, "position"

    def next(self, found: list[RecordedEvent]) -> dict[str, Any] | None:
        """Return the parameters of the page behind: forward it is where new events will be; None at the beginning."""
        if self.backward and len(found) < self.limit:
            return None
        return self._to(found[-1].position if found else self.after or 0, self.backward)

    def previous(self, found: list[RecordedEvent]) -> dict[str, Any] | None:
        """Return the parameters of the page that leads back, in the other direction; None where nothing can be."""
        if found:
            first = found[0].position
            return None if self.after is None and not self.backward else self._to(first, not self.backward)
        if self.after is None:
            return None
        # The event at the cursor itself belongs to it.
        return self._to(max(self.after - 1, 0) if self.backward else self.after + 1, not self.backward)

    @staticmethod
    def _to(after: int, backward: bool) -> dict[str, Any]:
        return {"after": after, "direction": BACKWARD if backward else FORWARD}
