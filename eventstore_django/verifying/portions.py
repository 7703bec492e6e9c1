"""The log in portions of some streams: each small enough to be seen as it is at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from ..backends import Backend
from .scopes import Scope

STREAMS = 500
"""Rows of streams in one portion: its transaction only reads, and is soon over."""


@dataclass(frozen=True, slots=True)
class Portion:
    """The streams behind one name and up to another; without an end those that have no row, too."""

    after: str | None = None
    until: str | None = None

    def condition(self, backend: Backend, scope: Scope) -> Q:
        """Return the condition on ``stream_id`` that selects those of them that are in the scope."""
        names = Q(stream_id=scope.stream) if scope.is_one_stream else self._range()
        if scope.from_position is None:
            return names
        return Q(stream_id__in=scope.of(backend.events).filter(names).order_by().values("stream_id"))

    def _range(self) -> Q:
        lower = Q() if self.after is None else Q(stream_id__gt=self.after)
        return lower if self.until is None else lower & Q(stream_id__lte=self.until)

    @property
    def is_last(self) -> bool:
        """Whether no stream comes behind it."""
        return self.until is None


def portion_after(backend: Backend, name: str | None, scope: Scope) -> Portion:
    """Return the next portion of the streams behind this name."""
    if scope.is_one_stream:
        return Portion()
    rows = backend.streams.order_by("stream_id")
    if name is not None:
        rows = rows.filter(stream_id__gt=name)
    last = rows.values_list("stream_id", flat=True)[STREAMS - 1 : STREAMS]
    return Portion(name, next(iter(last), None))
