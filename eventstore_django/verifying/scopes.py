"""How much of a log is to be verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..names import ALL

if TYPE_CHECKING:
    from ..querysets import EventQuerySet


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything, or what both conditions select.

    ``stream`` is one stream, by its name. ``from_position`` leaves out streams that have no event from
    this position on; the others are verified from their beginning.
    """

    stream: str | None = None
    from_position: int | None = None

    @property
    def is_one_stream(self) -> bool:
        """Whether only one stream is meant; ``$all`` means all of them."""
        return self.stream is not None and self.stream != ALL

    def of(self, events: EventQuerySet) -> EventQuerySet:
        """Return those of the events that are selected."""
        if self.is_one_stream:
            events = events.filter(stream_id=self.stream)
        return events if self.from_position is None else events.filter(position__gte=self.from_position)
