"""Which events a subscription wants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..encoding import text_fault


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Events of any of these categories, types and partitions; nothing named means all."""

    categories: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, categories: Iterable[str] = (), event_types: Iterable[str] = (), partitions: Iterable[str] = ()
    ) -> EventFilter:
        """Make a filter. Raise ValueError for a text in place of a list, and for what no event can have."""
        return cls(
            _names("categories", categories), _names("event_types", event_types), _names("partitions", partitions)
        )

    def conditions(self) -> dict[str, Any]:
        """Return the filter as keyword arguments of a queryset of events."""
        wanted = {"category": self.categories, "event_type": self.event_types, "partition": self.partitions}
        # One name as an equality: an index on (name, position) then gives the order as well.
        return {
            (field if len(names) == 1 else f"{field}__in"): (names[0] if len(names) == 1 else list(names))
            for field, names in wanted.items()
            if names
        }


def _names(option: str, given: Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise ValueError(f"{option} must be a list of names, not the text {given!r}.")
    names = tuple(given)
    for name in names:
        if not isinstance(name, str) or not name or text_fault(name):
            raise ValueError(f"{option} holds {name!r}, which no event can have.")
    return names
