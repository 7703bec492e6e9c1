"""Snapshots: what was saved of aggregates, stream by stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import Snapshot
from .base import EventStoreView
from .links import link
from .pages import DEFAULT_LIMIT, MAX_LIMIT
from .parameters import known_only, text, whole_number
from .problems import InvalidField
from .representations import snapshot_body

_FILTERS = ("stream_id", "aggregate_id", "aggregate_type")
_PAGING = ("after", "after_version", "limit")


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """At most ``limit`` snapshots behind that of a stream at a version."""

    after: str | None
    after_version: int
    limit: int

    @classmethod
    def read(cls, query: QueryDict) -> SnapshotPage:
        """Read the page that a query asks for. Raise InvalidField."""
        after, version = text(query, "after"), whole_number(query, "after_version", 1)
        if (after is None) != (version is None):
            raise InvalidField("after" if after is None else "after_version", "after and after_version go together")
        return cls(after, version or 0, whole_number(query, "limit", 1, MAX_LIMIT) or DEFAULT_LIMIT)

    def of(self, snapshots: QuerySet[Snapshot]) -> list[Snapshot]:
        """Return the snapshots of the page, by stream and version."""
        if self.after is not None:
            behind = Q(stream_id__gt=self.after) | Q(stream_id=self.after, version__gt=self.after_version)
            snapshots = snapshots.filter(behind, stream_id__gte=self.after)
        return list(snapshots.order_by("stream_id", "version")[: self.limit])

    def next(self, found: list[Snapshot]) -> dict[str, Any] | None:
        """Return the parameters of the page behind, None if this one is the last."""
        if len(found) < self.limit:
            return None
        return {"after": found[-1].stream_id, "after_version": found[-1].version}


class SnapshotListView(EventStoreView):
    """``GET snapshots/``."""

    def get(self, request: Request) -> Response:
        """Return a page of snapshots, in the order of their streams' names and of their versions."""
        query = request.query_params
        known_only(query, (*_PAGING, *_FILTERS))
        page = SnapshotPage.read(query)
        given = {name: text(query, name) for name in _FILTERS}
        snapshots = self.scope().select_named(Snapshot._default_manager.using(self.alias))
        found = page.of(snapshots.filter(**{name: value for name, value in given.items() if value is not None}))
        following = link(request, page.next(found))
        return Response({"next": following, "results": [snapshot_body(snapshot) for snapshot in found]})
