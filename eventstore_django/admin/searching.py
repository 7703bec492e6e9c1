"""The search box of the events: one index look-up for whatever a text can mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from ..encoding import text_fault
from ..querysets import EventQuerySet

Select: TypeAlias = Callable[[EventQuerySet, str], EventQuerySet]

_MAX_POSITION = 2**63 - 1


def _at(events: EventQuerySet, text: str) -> EventQuerySet:
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= _MAX_POSITION):
        return events.none()
    return events.filter(position=int(text))


def _with_id(events: EventQuerySet, text: str) -> EventQuerySet:
    try:
        return events.filter(event_id=UUID(text))
    except ValueError:
        return events.none()


def _equal(field: str) -> Select:
    return lambda events, text: events.none() if text_fault(text) else events.filter(**{field: text})


KINDS: Mapping[str, Select] = {
    "position": _at,
    "event": _with_id,
    "stream": _equal("stream_id"),
    "aggregate": _equal("aggregate_id"),
    "correlation": lambda events, text: events.correlated_with(text),
    "type": _equal("event_type"),
    "category": _equal("category"),
    "tenant": _equal("partition"),
}
"""What can be searched for, by the word before the colon; without one they are tried in this order."""

_BARE = ("position", "event", "stream", "aggregate", "correlation")


@dataclass(frozen=True, slots=True)
class Term:
    """What a search looks for: a ``kind`` of KINDS, and the text that it must be."""

    kind: str
    text: str

    def select(self, events: EventQuerySet) -> EventQuerySet:
        """Return those of the events that are meant."""
        return KINDS[self.kind](events, self.text)


def find(events: EventQuerySet, search: str) -> Term | None:
    """Return the first thing that a search can mean and that there is, or None."""
    for term in _meanings(search):
        # In this order the index of the condition serves; exists() may read the table instead.
        if term.select(events).order_by("position").values_list("pk")[:1]:
            return term
    return None


def _meanings(search: str) -> Iterator[Term]:
    prefix, colon, text = search.partition(":")
    if colon and prefix.strip() in KINDS:
        yield Term(prefix.strip(), text.strip())
    # A name may begin or end with a space, but who pastes one seldom means it.
    for whole in dict.fromkeys((search.strip(), search)):
        if whole:
            yield from (Term(kind, whole) for kind in _BARE)
