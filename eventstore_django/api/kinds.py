"""Which categories and event types there are."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import Model
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import Event, Stream
from .base import EventStoreView
from .distinct import distinct
from .links import link
from .listing import NAME_PAGING, NamePage
from .parameters import known_only


class KindListView(EventStoreView):
    """The different values of one field, by name."""

    model: ClassVar[type[Model]]
    field: ClassVar[str]

    def get(self, request: Request) -> Response:
        """Return a page of names, in their order as code points."""
        known_only(request.query_params, NAME_PAGING)
        page = NamePage.read(request.query_params)
        names = distinct(self.alias, self.model, self.field, self.scope(), page.after, page.limit)
        following = link(request, page.next(names))
        return Response({"next": following, "results": [{self.field: name} for name in names]})


class CategoryListView(KindListView):
    """``GET categories/``: the categories of streams."""

    model = Stream
    field = "category"


class EventTypeListView(KindListView):
    """``GET event-types/``: the types that stored events have."""

    model = Event
    field = "event_type"
