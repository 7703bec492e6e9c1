"""What pages are taken of: the events that a request asks for and may see."""

from __future__ import annotations

from dataclasses import dataclass

from ..querysets import EventQuerySet


@dataclass(frozen=True, slots=True)
class Source:
    """Events, and what is known of them that a page can be read by."""

    events: EventQuerySet
    names: dict[str, str] | None = None
    """The columns whose equality with a text is all that selects them, as ``pages.read_log`` takes them; at most one.

    None where something else selects, too.
    """
    one_stream: bool = False
    """Whether all are of the same stream."""
