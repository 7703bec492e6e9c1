"""The list of events: what a search and the filters leave of the log, at a price that has a bound."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Max, Min, QuerySet
from django.http import HttpRequest

from ..querysets import EventQuerySet
from . import searching
from .filters import EqualFilter, StoredFilter
from .keyset import AFTER, BEFORE, KeysetChangeList, Page

WINDOW = 50_000
"""Positions that a page looks through when no index serves all of its conditions at once."""

# Conditions that one index serves together, each with the order of the positions.
_INDEXED = ({"partition", "event_type"},)


class EventChangeList(KeysetChangeList):
    """The log from the newest event on, as a search and filters leave it.

    One condition is answered by its index, whatever it finds. Several at once could mean reading the
    whole log to find nothing: then a page looks through a part of the log, and offers to go on.
    """

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> EventQuerySet:
        """Apply the filters, and what the search was found to mean."""
        events = cast("EventQuerySet", super().get_queryset(request, *args, **kwargs))
        equal = [spec for spec in self.filter_specs if isinstance(spec, EqualFilter)]
        self._conditions = {spec.parameter_name for spec in equal if spec.value() is not None}
        if not self.query:
            return events
        term = searching.find(cast("EventQuerySet", self.root_queryset), self.query)
        if term is None:
            self.found_as = "Nothing has this position, event id, stream, aggregate or correlation id."
            return events.none()
        self.found_as = f"Found by {term.kind}."
        self._conditions.add(term.kind)
        return term.select(events)

    def read(self, rows: QuerySet[Any]) -> Page:
        """Read a page; where no index serves, from a part of the log only."""
        if len(self._conditions) < 2 or self._conditions in _INDEXED:
            return super().read(rows)
        ends = self.root_queryset.order_by().aggregate(lowest=Min("position"), highest=Max("position"))
        lowest, highest = ends["lowest"] or 0, ends["highest"] or 0
        for stored in (spec for spec in self.filter_specs if isinstance(spec, StoredFilter)):
            lowest = max(lowest, stored.lowest or 0)
            highest = highest if stored.highest is None else min(highest, stored.highest)
        return self._read_window(rows, lowest, highest)

    def _read_window(self, rows: QuerySet[Any], lowest: int, highest: int) -> Page:
        if self.upwards:
            end = int(self.cursor.get(AFTER, lowest - 1)) + WINDOW
            page, is_over = super().read(rows.filter(position__lte=end)), end >= highest
        else:
            end = int(self.cursor.get(BEFORE, highest + 1)) - WINDOW
            page, is_over = super().read(rows.filter(position__gte=end)), end <= lowest
        if page.edge is not None or is_over:
            return page
        self.note = (
            f"These conditions have no index of their own: {WINDOW:,} positions were looked through, "
            f"to {end}. There may be more beyond."
        )
        return Page(page.rows, end)
