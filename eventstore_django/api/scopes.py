"""Whose events a request may see and write: the tenants that the project's hook names."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.module_loading import import_string

from .. import conf
from ..names import ALL, StreamName
from .filters import EventFilters

if TYPE_CHECKING:
    from ..querysets import EventQuerySet

M = TypeVar("M", bound=Model)
Hook = Callable[[HttpRequest], Collection[str | None] | None]


@dataclass(frozen=True, slots=True)
class Scope:
    """The partitions that a request may see and write to; None is every one, and streams without one.

    A None among the partitions stands for streams that have none.
    """

    partitions: frozenset[str | None] | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Scope:
        """Ask the hook of ``EVENTSTORE["API_SCOPE"]``; without one everything is in scope."""
        path = conf.api_scope()
        if path is None:
            return cls()
        partitions = _hook(path)(request)
        if isinstance(partitions, str):
            # Taken for a collection it would be a tenant for each letter.
            raise ImproperlyConfigured(f"{path} must return a collection of partitions, not the text {partitions!r}.")
        return cls() if partitions is None else cls(frozenset(partitions))

    def covers(self, partition: str | None) -> bool:
        """Return whether a partition is in scope."""
        return self.partitions is None or partition in self.partitions

    def covers_stream(self, stream_id: str) -> bool:
        """Return whether a stream is in scope, by its name: it need not exist."""
        return self.covers(StreamName.parse(stream_id).partition)

    def select(self, rows: QuerySet[M], partition: str = "partition") -> QuerySet[M]:
        """Return those of the rows (events, streams) that are in scope; ``partition`` names the field."""
        if self.partitions is None:
            return rows
        named = sorted(name for name in self.partitions if name is not None)
        # One name as an equality: an index on (partition, position) then gives the order as well.
        condition = Q(**{partition: named[0]}) if len(named) == 1 else Q(**{f"{partition}__in": named})
        if None in self.partitions:
            condition |= Q(**{f"{partition}__isnull": True})
        return rows.filter(condition)

    def select_events(self, events: EventQuerySet, filters: EventFilters) -> EventQuerySet:
        """Return those of the events that these filters selected which are in scope.

        What the filters name already is decided here: two conditions on much of the log can cost a walk through it.
        """
        if filters.stream_id is not None and filters.stream_id != ALL:
            return events if self.covers_stream(filters.stream_id) else events.none()
        if filters.partition is not None:
            return events if self.covers(filters.partition) else events.none()
        return cast("EventQuerySet", self.select(events))

    def names(self, filters: EventFilters) -> dict[str, str] | None:
        """Return ``EventFilters.names`` of what ``select_events`` selects with these filters."""
        names = filters.names
        if names is None or self.partitions is None:
            return names
        if "partition" in names:
            return names if self.covers(names["partition"]) else None
        only = next(iter(self.partitions)) if len(self.partitions) == 1 else None
        return {"partition": only} if only is not None and not names else None

    def select_named(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Return those of the rows in scope that tell of a stream by ``stream_id`` only (snapshots, parked events).

        By the form of the name, as ``StreamName`` reads it: exactly two slashes, three parts.
        """
        if self.partitions is None:
            return rows
        condition = Q(pk__in=[])
        for name in sorted(name for name in self.partitions if name is not None):
            # The range finds them by an index on the name; "0" is the character after the slash.
            within = Q(stream_id__gte=f"{name}/", stream_id__lt=f"{name}0", stream_id__regex=_PARTITION_FORM)
            condition |= within
        if None in self.partitions:
            condition |= ~Q(stream_id__regex=_PARTITION_FORM)
        return rows.filter(condition)


_PARTITION_FORM = r"^[^/]+/[^/]+/[^/]+$"


def _hook(path: str) -> Hook:
    hook: Hook = import_string(path)
    return hook
