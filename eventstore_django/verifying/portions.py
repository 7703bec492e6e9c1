"""The log in portions of some streams: each small enough to be seen as it is at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from ..backends import Backend
from .scopes import Scope

STREAMS = 500
"""Streams in one portion: its transaction only reads, and is soon over."""


@dataclass(frozen=True, slots=True)
class Portion:
    """The streams that meet a condition on ``stream_id``, which is the name of the column in all tables."""

    condition: Q
    until: str | None = None
    """The name behind which the next portion begins; None if there is none."""


def portion_behind(backend: Backend, name: str | None, scope: Scope) -> Portion:
    """Return the next portion of the streams behind this name, or the first one."""
    behind = Q() if name is None else Q(stream_id__gt=name)
    if scope.from_position is not None:
        return _of_events(backend, behind, scope)
    if scope.is_one_stream:
        return Portion(Q(stream_id=scope.stream))
    rows = backend.streams.filter(behind).order_by("stream_id").values_list("stream_id", flat=True)
    until = next(iter(rows[STREAMS - 1 : STREAMS]), None)
    # A range, and not a list: names that have events and no row lie in it as well.
    return Portion(behind if until is None else behind & Q(stream_id__lte=until), until)


def _of_events(backend: Backend, behind: Q, scope: Scope) -> Portion:
    events = scope.of(backend.events).filter(behind).order_by("stream_id")
    names = list(events.values_list("stream_id", flat=True).distinct()[:STREAMS])
    return Portion(Q(stream_id__in=names), names[-1] if len(names) == STREAMS else None)
