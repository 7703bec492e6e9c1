"""The global order as a whole: where the next position comes from, and what was published."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Max

from ..backends import Backend
from ..models import LogHead
from .findings import Finding
from .kinds import Kind
from .scopes import Scope


def sequence_behind(backend: Backend) -> Iterator[Finding]:
    """Tell if positions that are stored would be given out once more, as after a restore without the sequence."""
    # In this order: the sequence only ever goes up.
    highest = backend.events.aggregate(highest=Max("position"))["highest"] or 0
    drawn = backend.drawn_position()
    if drawn < highest:
        text = f"The sequence of positions is at {drawn}, and the log has an event at {highest}."
        yield Finding(Kind.SEQUENCE, text, position=highest)


def head_beyond(backend: Backend) -> Iterator[Finding]:
    """Tell if subscriptions would read past positions that are still to be given out."""
    head = LogHead.objects.using(backend.alias).filter(pk=LogHead.ROW).values_list("position", flat=True).first() or 0
    drawn = backend.drawn_position()
    if head > drawn:
        text = f"The published watermark is {head}, and positions were given out up to {drawn}."
        yield Finding(Kind.HEAD, text, position=head)


def positions_twice(backend: Backend, scope: Scope) -> Iterator[Finding]:
    """Give the positions that several events have: no reader sees all of them."""
    events = scope.of(backend.events).values("position").annotate(times=Count("event_id")).filter(times__gt=1)
    for position, times in events.order_by("position").values_list("position", "times").iterator():
        yield Finding(Kind.POSITION, f"Position {position} belongs to {times} events.", position=position)
