"""Pages of one stream: by version, both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from ..events import RecordedEvent
from ..querysets import EventQuerySet
from .pages import BACKWARD, DEFAULT_LIMIT, FORWARD, MAX_LIMIT
from .parameters import choice, whole_number

VERSION_PAGING = ("from_version", "to_version", "limit", "direction")
"""The query parameters that choose a page of a stream."""


@dataclass(frozen=True, slots=True)
class VersionPage:
    """At most ``limit`` events from one version to another, both included, from the first or from the last on."""

    from_version: int
    to_version: int | None
    limit: int
    backward: bool

    @classmethod
    def read(cls, query: QueryDict) -> VersionPage:
        """Read the page that a query asks for. Raise InvalidField."""
        return cls(
            whole_number(query, "from_version", 1) or 1,
            whole_number(query, "to_version", 1),
            whole_number(query, "limit", 1, MAX_LIMIT) or DEFAULT_LIMIT,
            choice(query, "direction", (FORWARD, BACKWARD)) == BACKWARD,
        )

    def of(self, stream: EventQuerySet, version: int) -> list[RecordedEvent]:
        """Return the events of the page of a stream, none above ``version``: what the ETag tells of."""
        last = version if self.to_version is None else min(self.to_version, version)
        events = stream.filter(event_version__gte=self.from_version, event_version__lte=last)
        return list(events.order_by("-event_version" if self.backward else "event_version").recorded()[: self.limit])

    def next(self, found: list[RecordedEvent], version: int) -> dict[str, Any] | None:
        """Return the parameters of the page behind, None if there is none."""
        if not found:
            return None
        if self.backward:
            last = found[-1].event_version
            return None if last <= self.from_version else {"to_version": last - 1}
        end = version if self.to_version is None else min(self.to_version, version)
        last = found[-1].event_version
        return None if last >= end else {"from_version": last + 1}

    def previous(self, found: list[RecordedEvent]) -> dict[str, Any] | None:
        """Return the parameters of the page that leads back, in the other direction, None if there is none."""
        if not found or (not self.backward and found[0].event_version == 1):
            return None
        first = found[0].event_version
        if self.backward:
            return {"from_version": first + 1, "to_version": None, "direction": FORWARD}
        return {"from_version": None, "to_version": first - 1, "direction": BACKWARD}
