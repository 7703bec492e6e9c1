"""The pages of snapshots."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from ..encoding import text_fault
from ..models import Snapshot, Stream
from . import cells
from .jsonfiles import json_file
from .jsontrees import Shown
from .quoting import quoted
from .readonly import ReadOnlyAdmin


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """Snapshots of aggregates, the last one taken first."""

    list_display = ("of_stream", "at_version", "schema_version", "taken")
    list_display_links = None
    ordering = ("-id",)
    search_fields = ("stream_id",)  # shows the box
    search_help_text = "Exact name of a stream, or aggregate id"

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["eventstore/json.css"]}
        js: ClassVar[list[str]] = ["eventstore/json.js"]

    def get_urls(self) -> list[URLPattern]:
        """Add the state as a file."""
        view = self.admin_site.admin_view(self.json_view)
        return [path("<int:number>/json/", view, name="eventstore_snapshot_json"), *super().get_urls()]

    def json_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Give the state as a file, whatever its size."""
        snapshot: Snapshot = self.shown_object(request, str(number))
        return json_file(snapshot.data, f"snapshot-{number}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the states where they are: they may be large, and the list shows none."""
        rows: QuerySet[Any] = super().get_queryset(request).defer("data")
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Look by the stream's name; if it has none, by the aggregate's id."""
        if not search_term:
            return queryset, False
        if text_fault(search_term):
            return queryset.none(), False
        of_stream = queryset.filter(stream_id=search_term)
        return (of_stream if of_stream.exists() else queryset.filter(aggregate_id=search_term)), False

    def facts(self, request: HttpRequest, shown: Snapshot) -> dict[str, Any]:
        """Return the state, and how far the stream has gone on."""
        stream = Stream.objects.using(shown._state.db).filter(pk=shown.stream_id).first()
        return {
            "heading": f"{shown.stream_id} at {shown.version}",
            "data": Shown.of(shown.data),
            "json_url": self.reverse("json", str(shown.pk)),
            "later": stream.version - shown.version if stream else None,
        }

    @admin.display(description="Stream")
    def of_stream(self, snapshot: Snapshot) -> SafeString:
        """Link to the stream."""
        return cells.link(self.reverse("change", quoted(snapshot.stream_id), of=Stream), snapshot.stream_id)

    @admin.display(description="State at version")
    def at_version(self, snapshot: Snapshot) -> SafeString:
        """Link to the snapshot."""
        return cells.link(self.address(snapshot.pk), str(snapshot.version))

    @admin.display(description="Taken")
    def taken(self, snapshot: Snapshot) -> SafeString:
        """Show when it was taken."""
        return cells.moment(snapshot.created_at)
