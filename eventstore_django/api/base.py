"""What all endpoints share: who is asked, whose events it is about, and the form of errors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import Error as DatabaseError
from django.db import connections
from django.db.transaction import non_atomic_requests
from rest_framework.exceptions import NotAcceptable
from rest_framework.metadata import SimpleMetadata
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..backends import backend_for
from ..exceptions import InvalidEvent
from ..models import Event
from ..names import ALL
from ..querysets import EventQuerySet
from ..store import EventStore
from .filters import EventFilters
from .parsers import StrictJSONParser
from .permissions import APPEND, READ, may
from .problems import problem_handler
from .rendering import StoredRenderer
from .scopes import Scope
from .sources import Source

_SCOPE = "eventstore_scope"


class EventPermission(BasePermission):
    """Asks for the permission that the view names for the method, whatever the project's defaults are."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the user has it."""
        return isinstance(view, EventStoreView) and may(request, view.permission_for(request.method or ""))


class Negotiation(DefaultContentNegotiation):
    """The framework's own, but a format that there is not is a 406, not a missing page."""

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:
        """Return the renderers of a format. Raise NotAcceptable."""
        available = list(renderers)
        found = [renderer for renderer in available if renderer.format == format]
        if not found:
            raise NotAcceptable(available_renderers=available)
        return found


class EventStoreView(APIView):
    """An endpoint of the event store. Authentication and throttling are the project's."""

    permission_classes = [EventPermission]
    parser_classes = [StrictJSONParser]
    renderer_classes = [StoredRenderer]
    content_negotiation_class = Negotiation
    metadata_class = SimpleMetadata
    versioning_class = None
    http_method_names = ["get", "post", "head", "options"]

    write_permission = APPEND

    @property
    def store(self) -> EventStore:
        """The store of the events."""
        return EventStore()

    @property
    def alias(self) -> str:
        """The database of the events."""
        return self.store.using

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view without a transaction around it, whatever ATOMIC_REQUESTS says.

        What is written here is atomic by itself, and who has appended holds back readers until the commit.
        """
        view: Any = super().as_view(**initkwargs)
        for alias in connections:
            view = non_atomic_requests(using=alias)(view)
        return view

    def scope(self) -> Scope:
        """Return whose events the request may see and write; the project's hook is asked once for a request."""
        found: Scope | None = self.request.__dict__.get(_SCOPE)
        if found is None:
            found = Scope.of(self.request)
            setattr(self.request, _SCOPE, found)
        return found

    def events(self, filters: EventFilters | None = None) -> EventQuerySet:
        """Return the events that filters select and that are in scope, whether settled or not."""
        filters = filters or EventFilters()
        events: EventQuerySet = Event.objects.using(self.alias)
        return self.scope().select_events(filters.select(events), filters)

    def source(self, filters: EventFilters) -> Source:
        """Return the same as ``events``, to take pages of."""
        names, one_stream = self.scope().names(filters), filters.stream_id not in (None, ALL)
        return Source(self.events(filters), names, one_stream)

    def permission_for(self, method: str) -> str:
        """Return the permission that a method needs; one that there is not is refused after that of reading."""
        writes = method not in SAFE_METHODS and method in self.allowed_methods
        return self.write_permission if writes else READ

    def field_of(self, error: InvalidEvent) -> str:
        """Return where in the body the fault of an event stands."""
        index = "" if error.index is None else f"events[{error.index}]"
        return ".".join(part for part in (index, error.path) if part)

    def get_exception_handler(self) -> Any:
        """Answer errors as problems, whatever handler the project has."""
        return problem_handler

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an error; the driver's as what it stands for."""
        if isinstance(exc, DatabaseError):
            exc = backend_for(self.alias).translate(exc, None) or exc
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Write problems as JSON, whatever was asked for, and let no shared cache keep what one user may see."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-cache, private")
        if isinstance(answer, Response) and answer.status_code >= 400:
            answer.accepted_renderer = StoredRenderer()
        return answer
