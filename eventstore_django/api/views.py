"""The endpoints: the log in keyset pages, one event, and a stream to read and append to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..events import RecordedEvent
from ..models import Event
from ..querysets import EventQuerySet
from ..store import EventStore
from .bodies import append_body, event_body
from .parameters import known_only, text, whole_number
from .parsers import StrictJSONParser
from .permissions import EventPermission
from .problems import problem_handler

MAX_PAGE = 1000
_FILTERS = ("stream_id", "category", "partition", "event_type")


class EventStoreView(APIView):
    """What all endpoints share: the permission and the form of errors."""

    permission_classes = [EventPermission]
    parser_classes = [StrictJSONParser]
    store = EventStore()

    def get_exception_handler(self) -> Any:
        """Answer errors as problems, whatever handler the project has."""
        return problem_handler


class EventListView(EventStoreView):
    """``GET events/``: settled events after a position, in the global order."""

    def get(self, request: Request) -> Response:
        """Return a page; ``next`` leads on, also when there is nothing there yet."""
        query = request.query_params
        known_only(query, ("after", "limit", *_FILTERS))
        after = whole_number(query, "after", 0, 0) or 0
        limit = whole_number(query, "limit", 100, 1, MAX_PAGE) or 100
        events = self._filtered(request).settled().after(after).order_by("position")[:limit]
        found: list[RecordedEvent] = list(events.recorded())
        last = found[-1].position if found else after
        return Response({"next": self._next(request, last), "results": [event_body(event) for event in found]})

    def _filtered(self, request: Request) -> EventQuerySet:
        given = {name: text(request.query_params, name) for name in _FILTERS}
        events: EventQuerySet = Event.objects.using(self.store.using)
        if given["stream_id"] is not None:
            events = events.stream(given["stream_id"])
        return events.filter(
            **{name: value for name, value in given.items() if value is not None and name != "stream_id"}
        )

    def _next(self, request: Request, last: int) -> str:
        query = request.query_params.copy()
        query["after"] = str(last)
        return request.build_absolute_uri(f"{reverse('eventstore:events')}?{query.urlencode()}")


class EventView(EventStoreView):
    """``GET events/{position}/`` and ``GET events/{event_id}/``."""

    def get(self, request: Request, position: int | None = None, event_id: UUID | None = None) -> Response:
        """Return one event; an id that stands in several streams is a conflict that names them."""
        known_only(request.query_params, ())
        events = Event.objects.using(self.store.using)
        chosen = events.filter(event_id=event_id) if event_id else events.filter(position=position)
        found = list(chosen.recorded()[:MAX_PAGE])
        if not found:
            raise Http404
        if len(found) > 1:
            positions = [event.position for event in found]
            body = {"title": "SeveralEvents", "status": 409, "detail": "The id stands in several streams."}
            return Response({**body, "positions": positions}, 409, content_type="application/problem+json")
        return Response(event_body(found[0]))


class StreamEventsView(EventStoreView):
    """``GET`` and ``POST streams/{stream_id}/events/``."""

    def get(self, request: Request, stream_id: str) -> Response:
        """Return a page of a stream, by version, with the version as ETag."""
        query = request.query_params
        known_only(query, ("from_version", "to_version"))
        first = whole_number(query, "from_version", 1, 1) or 1
        last = whole_number(query, "to_version", first + MAX_PAGE - 1, 1) or first
        found = self.store.get_events(stream_id, first, min(last, first + MAX_PAGE - 1))
        version = self.store.get_stream_version(stream_id)
        if not version:
            raise Http404
        return Response({"version": version, "results": [event_body(event) for event in found]}, headers=_tag(version))

    def post(self, request: Request, stream_id: str) -> Response:
        """Append; 201, or 200 with the first answer when the same ids were stored before."""
        known_only(request.query_params, ())
        events, expected = append_body(request.data)
        result = self.store.append(stream_id, events, expected)
        body = {"stream_id": stream_id, "version": result.version, "events": [event_body(e) for e in result.events]}
        code = status.HTTP_200_OK if result.replayed else status.HTTP_201_CREATED
        return Response(body, status=code, headers=_tag(result.version))


def _tag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}
