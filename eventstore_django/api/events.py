"""The log in pages, and one event."""

from __future__ import annotations

from typing import Any

from django.http import Http404, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from ..events import RecordedEvent
from ..querysets import EventQuerySet
from .base import EventStoreView
from .exports import JSONLinesRenderer, export
from .filters import FILTERS, EventFilters
from .links import link
from .live.waiting import WAIT, read_wait, waited_for
from .pages import PAGING, PageRequest
from .parameters import known_only
from .problems import InvalidField, SeveralEvents
from .rendering import StoredRenderer
from .representations import event_body
from .uuids import read_uuid


class EventListView(EventStoreView):
    """``GET events/``: settled events in the global order, in pages or as one file of JSON Lines."""

    renderer_classes = [StoredRenderer, JSONLinesRenderer]

    def get(self, request: Request) -> Response | StreamingHttpResponse:
        """Return a page; ``next`` leads on, forward also when there is nothing there yet."""
        query = request.query_params
        known_only(query, (*PAGING, WAIT, *FILTERS, *_format_override()))
        filters, page, wait = EventFilters.read(query), PageRequest.read(query), read_wait(query)
        source = self.source(filters)
        is_export = isinstance(request.accepted_renderer, JSONLinesRenderer)
        if wait and (is_export or page.backward):
            raise InvalidField(WAIT, "only a page that goes forward can wait")
        if is_export:
            return export(request, self.store, source, page, limited="limit" in query)
        found = waited_for(request, self.alias, wait, lambda: page.of(source))
        return Response(self._body(request, page, found))

    @staticmethod
    def _body(request: Request, page: PageRequest, found: list[RecordedEvent]) -> dict[str, Any]:
        return {
            "next": link(request, page.next(found)),
            "previous": link(request, page.previous(found)),
            "results": [event_body(event) for event in found],
        }


def _format_override() -> tuple[str, ...]:
    # The project may have switched it off; then only the Accept header chooses.
    name = api_settings.URL_FORMAT_OVERRIDE
    return (name,) if name else ()


class EventView(EventStoreView):
    """``GET events/{key}/``: by position, or by event id."""

    def get(self, request: Request, key: str) -> Response:
        """Return one event; an id that stands in several streams is a conflict that names their positions."""
        known_only(request.query_params, ())
        found = list(self._chosen(key).recorded()[:100])
        if not found:
            raise Http404
        if len(found) > 1:
            positions = sorted(event.position for event in found)
            raise SeveralEvents("The id stands in several streams: ask for one of the positions.", positions=positions)
        return Response(event_body(found[0]))

    def _chosen(self, key: str) -> EventQuerySet:
        events = self.events()
        if key.isascii() and key.isdigit():
            # More than the column holds would be the database's error.
            return events.filter(position=int(key)) if len(key) < 19 else events.none()
        try:
            event_id = read_uuid(key)
        except ValueError:
            return events.none()
        return events.filter(event_id=event_id).order_by("event_id", "stream_id")
