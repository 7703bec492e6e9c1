"""The filters beside the lists: their choices come from an index, their number is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ..backends import backend_for
from ..backends.distinct import distinct_values
from ..backends.moments import positions_at
from ..encoding import text_fault
from .keyset import CURSORS
from .visible import visible

MOST = 100
"""Choices that a filter offers; other values are reached by the search (``type:Name``) or the address."""


_SPARE = 1000
"""Positions that one which was drawn earlier may have been stored later than: transactions overlap."""

_SPANS = {
    "Any time": timedelta(0),
    "Last hour": timedelta(hours=1),
    "Last day": timedelta(days=1),
    "Last week": timedelta(days=7),
}


class EqualFilter(admin.SimpleListFilter):
    """Rows whose column has one of the values that the log holds in it."""

    parameter_name: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the first values, by skipping along an index; beside them the one that is chosen."""
        backend = backend_for(model_admin.get_queryset(request).db)
        values = distinct_values(backend, self.parameter_name, MOST)
        chosen = self.used_parameters.get(self.parameter_name)
        return [(value, visible(value)) for value in dict.fromkeys([*([chosen] if chosen else []), *values])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave the rows that have the chosen value."""
        value = self.value()
        if value is None:
            return queryset
        return queryset.none() if text_fault(value) else queryset.filter(**{self.parameter_name: value})


class EventTypeFilter(EqualFilter):
    """Events of one type."""

    title = "type"
    parameter_name = "event_type"


class CategoryFilter(EqualFilter):
    """Events or streams of one category."""

    title = "category"
    parameter_name = "category"


class PartitionFilter(EqualFilter):
    """Events or streams of one tenant."""

    title = "tenant"
    parameter_name = "partition"


class StoredFilter(admin.ListFilter):
    """Events that were stored between two moments."""

    title = "time stored"
    template = "admin/eventstore/stored_filter.html"
    names = ("stored_from", "stored_to")

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.fault = ""
        self.given = {name: params.pop(name)[-1].strip() for name in self.names if name in params}
        self.others = [(name, text) for name, text in request.GET.items() if name not in (*self.names, *CURSORS)]
        self._moments = {name: self._moment(text) for name, text in self.given.items() if text}
        # A browser complains of a value that is no time.
        self.kept = {name: self.given[name] for name, moment in self._moments.items() if moment is not None}
        self.lowest, self.highest = self._positions(model_admin.get_queryset(request).db)

    def has_output(self) -> bool:
        """Show it always."""
        return True

    def expected_parameters(self) -> list[str | None]:
        """Name the parameters of the address that it reads."""
        return list(self.names)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave the events of the range: found by positions, which ascend as the times of storage do."""
        if self.fault:
            return queryset.none()
        for name, lookup in zip(self.names, ("gte", "lt"), strict=True):
            if name in self._moments:
                queryset = queryset.filter(**{f"created_at__{lookup}": self._moments[name]})
        bounds = {"position__gt": self.lowest, "position__lte": self.highest}
        return queryset.filter(**{name: bound for name, bound in bounds.items() if bound is not None})

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        """Offer spans that end now."""
        for text, span in _SPANS.items():
            start = timezone.localtime(timezone.now() - span).strftime("%Y-%m-%dT%H:%M") if span else None
            address = changelist.get_query_string({"stored_from": start}, remove=list(self.names))
            yield {"selected": not span and not self.given, "query_string": address, "display": text}

    def _positions(self, using: str) -> tuple[int | None, int | None]:
        """Return the positions that the range lies between, with some to spare on both sides."""
        moments = [moment for moment in self._moments.values() if moment is not None]
        if self.fault or not moments:
            return None, None
        found = dict(zip(self._moments, positions_at(backend_for(using), moments), strict=True))
        start, end = (found.get(name) for name in self.names)
        return None if start is None else start - _SPARE, None if end is None else end + _SPARE

    def _moment(self, text: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or not 1900 <= moment.year <= 9000:
            self.fault = f"{text} is no time: write it as 2026-01-31T12:00."
            return None
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
