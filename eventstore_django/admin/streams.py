"""The pages of streams: the list, and one stream with its timeline and its state at any version."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from ..encoding import text_fault
from ..models import Event, Snapshot, Stream
from . import cells
from .filters import CategoryFilter, PartitionFilter
from .quoting import quoted
from .readonly import ReadOnlyAdmin
from .standings import standings
from .states import Step
from .timelines import Timeline
from .visible import visible

_LAST = "\U0010ffff"
_SNAPSHOTS = 5


@admin.register(Stream)
class StreamAdmin(ReadOnlyAdmin):
    """Streams by name; each with what happened in it, and what it amounted to."""

    list_display = ("named", "version", "of_category", "tenant", "updated")
    list_display_links = None
    list_filter = (CategoryFilter, PartitionFilter)
    ordering = ("stream_id",)
    search_fields = ("stream_id",)  # shows the box
    search_help_text = "Name of a stream, or how it begins"

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["eventstore/json.css", "eventstore/stream.css"]}
        js: ClassVar[list[str]] = ["eventstore/json.js", "eventstore/stream.js"]

    def get_urls(self) -> list[URLPattern]:
        """Add the state at a version, for the slider."""
        view = self.admin_site.admin_view(self.state_view)
        return [path("<path:object_id>/state/", view, name="eventstore_stream_state"), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Leave the streams whose name begins so: a range of the primary key."""
        if not search_term:
            return queryset, False
        if text_fault(search_term):
            return queryset.none(), False
        return queryset.filter(stream_id__gte=search_term, stream_id__lt=search_term + _LAST), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show a page of the list; or go to the stream that has the name."""
        search = request.GET.get("q", "")
        if len(request.GET) == 1 and self.has_view_permission(request) and self._is_stream(request, search):
            return HttpResponseRedirect(self.address(search))
        return super().changelist_view(request, extra_context)

    def _is_stream(self, request: HttpRequest, text: str) -> bool:
        return bool(text) and not text_fault(text) and self.get_queryset(request).filter(pk=text).exists()

    def facts(self, request: HttpRequest, shown: Stream) -> dict[str, Any]:
        """Return what belongs to a stream."""
        step = self._step(request, shown)
        snapshots = Snapshot.objects.using(shown._state.db).filter(stream_id=shown.pk).order_by("-version")
        return {
            "heading": shown.pk,
            "timeline": Timeline.of(shown, _whole(request.GET.get("top"))),
            "step": step,
            "state_url": self.reverse("state", quoted(shown.pk)),
            "snapshots": snapshots.defer("data")[:_SNAPSHOTS],
            "all_snapshots_url": f"{self.reverse('changelist', of=Snapshot)}?{urlencode({'q': shown.pk})}",
            "log_url": f"{self.reverse('changelist', of=Event)}?{urlencode({'q': f'category:{shown.category}'})}",
            "standings": standings(shown),
        }

    def state_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the part of the page that tells of one version."""
        stream = self.shown_object(request, object_id)
        step = self._step(request, stream)
        if step is None:
            raise Http404("There is no such version.")
        return self.page(request, "state.html", {"original": stream, "step": step})

    def _step(self, request: HttpRequest, stream: Stream) -> Step | None:
        version = _whole(request.GET.get("version"))
        since = _whole(request.GET.get("since"))
        if not stream.version:
            return None
        version = stream.version if version is None else min(max(version, 1), stream.version)
        return Step(stream, version, None if since is None else min(since, stream.version))

    @admin.display(description="Stream")
    def named(self, stream: Stream) -> SafeString:
        """Link to the stream."""
        return cells.link(self.address(stream.pk), stream.pk)

    @admin.display(description="Category")
    def of_category(self, stream: Stream) -> SafeString:
        """Show the category."""
        return visible(stream.category)

    @admin.display(description="Tenant")
    def tenant(self, stream: Stream) -> SafeString:
        """Show the tenant."""
        return visible("-" if stream.partition is None else stream.partition)

    @admin.display(description="Last event stored")
    def updated(self, stream: Stream) -> SafeString:
        """Show when the last event was stored."""
        return cells.moment(stream.updated_at)


def _whole(text: str | None) -> int | None:
    """Read a version out of an address; what is none is left out."""
    if text is None or not (text.isascii() and text.isdigit()):
        return None
    return int(text[:18])
