"""The pages of events: the log, one event, one correlation."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from ..models import Event, Stream
from ..querysets import EventQuerySet
from . import cells, jsontrees, neighbours, searching
from .causation import Correlation, cause_of, correlation_of, effects_of
from .correlations import Waterfall
from .eventlists import EventChangeList
from .filters import CategoryFilter, EventTypeFilter, PartitionFilter, StoredFilter
from .jsonfiles import json_file
from .quoting import quoted
from .readings import Reading
from .readonly import ReadOnlyAdmin

_JUMPS = ("position", "event", "stream")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The log, the newest event first; each event; and what belongs together across streams."""

    list_display = ("at_position", "of_type", "in_stream", "version", "happened", "in_correlation")
    list_display_links = None
    list_filter = (EventTypeFilter, CategoryFilter, PartitionFilter, StoredFilter)
    ordering = ("-position",)
    search_fields = ("position",)  # shows the box; what it finds is decided in searching.py
    search_help_text = (
        "Position, event id, stream, aggregate id or correlation id. To say which: "
        "stream:Account-1, aggregate:1, correlation:…, type:…, category:…, tenant:…"
    )

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["eventstore/json.css", "eventstore/waterfall.css"]}
        js: ClassVar[list[str]] = ["eventstore/json.js"]

    def get_urls(self) -> list[URLPattern]:
        """Add the page of a correlation, and the JSON of an event as a file."""
        view = self.admin_site.admin_view
        return [
            path("correlation/", view(self.correlation_view), name="eventstore_event_correlation"),
            path("<int:position>/json/", view(self.json_view), name="eventstore_event_json"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[EventChangeList]:
        """Read bounded pages of the log."""
        return EventChangeList

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Leave the search to the list."""
        return queryset, False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show a page of the log; or go to the one thing that a search names."""
        search = request.GET.get("q", "")
        if search and self.has_view_permission(request):
            address = self._named(request, search)
            if address is not None:
                return HttpResponseRedirect(address)
        return super().changelist_view(request, extra_context)

    def _named(self, request: HttpRequest, search: str) -> str | None:
        events = cast("EventQuerySet", self.get_queryset(request))
        term = searching.find(events, search)
        if term is None or term.kind not in _JUMPS:
            return None
        if term.kind == "stream":
            return self.reverse("change", quoted(term.text), of=Stream)
        found = list(term.select(events).order_by("position").values_list("pk", flat=True)[:2])
        return self.address(found[0]) if len(found) == 1 else None

    def facts(self, request: HttpRequest, shown: Event) -> dict[str, Any]:
        """Return what belongs to an event: what is around it, what caused it, what it caused."""
        events = self.get_queryset(request)
        reading = Reading.of(shown)
        correlation = Correlation.of(correlation_of(shown), events.db)
        return {
            "heading": shown.event_type,
            "reading": reading,
            "payload_title": "Payload as it is stored" if reading.payload else "Payload",
            "payload": jsontrees.Shown.of(shown.payload),
            "metadata": jsontrees.Shown.of(shown.metadata),
            "previous": events.filter(position__lt=shown.position).order_by("-position").first(),
            "next": events.filter(position__gt=shown.position).order_by("position").first(),
            "before": neighbours.earlier(events, shown),
            "after": neighbours.later(events, shown),
            "cause": cause_of(shown),
            "effects": effects_of(shown, correlation),
            "correlation": correlation,
            "correlation_query": urlencode({"id": correlation.correlation_id}),
            "json_url": self.reverse("json", str(shown.position)),
        }

    def correlation_view(self, request: HttpRequest) -> HttpResponse:
        """Show what caused what in one correlation, across streams, along the time."""
        self.require_view(request)
        correlation_id = request.GET.get("id", "")
        correlation = Correlation.of(correlation_id, self.get_queryset(request).db)
        if not correlation.events:
            raise Http404("There is no event of that correlation.")
        context = {
            "heading": f"Correlation {correlation_id}",
            "correlation": correlation,
            "waterfall": Waterfall.of(correlation.events),
        }
        return self.page(request, "correlation.html", context)

    def json_view(self, request: HttpRequest, position: int) -> HttpResponse:
        """Give an event's payload and metadata as a file, whatever their size."""
        event: Event = self.shown_object(request, str(position))
        return json_file({"payload": event.payload, "metadata": event.metadata}, f"event-{position}")

    @admin.display(description="Position")
    def at_position(self, event: Event) -> SafeString:
        """Link to the event."""
        return cells.link(self.address(event.pk), str(event.position))

    @admin.display(description="Type")
    def of_type(self, event: Event) -> SafeString:
        """Show the type, in its colour."""
        return cells.chip(event.event_type)

    @admin.display(description="Version")
    def version(self, event: Event) -> str:
        """Show its place in the stream."""
        return str(event.event_version)

    @admin.display(description="Stream")
    def in_stream(self, event: Event) -> SafeString:
        """Link to the stream."""
        return cells.link(self.reverse("change", quoted(event.stream_id), of=Stream), event.stream_id)

    @admin.display(description="Happened")
    def happened(self, event: Event) -> SafeString:
        """Show when it happened."""
        return cells.moment(event.occurred_at)

    @admin.display(description="Correlation")
    def in_correlation(self, event: Event) -> SafeString:
        """Link to the correlation."""
        return cells.correlation(self.reverse("correlation"), event)
