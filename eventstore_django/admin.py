"""The history in Django's admin: to be looked at, by nobody to be changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from .models import ErasedEvent, Erasure, Event, Snapshot, Stream


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Shows; neither adds, changes nor deletes, whatever the permissions of the user."""

    actions = None
    show_full_result_count = False  # a COUNT of the whole log for each page of a search
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Refuse: events come from appends only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: stored events are facts."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: stored events are facts."""
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Events, the newest first; looked up by position, id or stream."""

    list_display = ("position", "stream_id", "event_version", "event_type", "occurred_at", "created_at")
    ordering = ("-position",)
    search_fields = ("stream_id",)
    search_help_text = "Exact position, event id or stream name"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """Look in the one index that can hold the term."""
        return queryset.filter(**_lookup(search_term.strip())) if search_term.strip() else queryset, False


@admin.register(Stream)
class StreamAdmin(ReadOnlyAdmin):
    """Streams and their versions."""

    list_display = ("stream_id", "version", "category", "partition", "updated_at")
    search_fields = ("stream_id__exact", "aggregate_id__exact")
    search_help_text = "Exact stream name or aggregate id"


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """Snapshots of aggregates."""

    list_display = ("stream_id", "version", "schema_version", "created_at")
    search_fields = ("stream_id__exact", "aggregate_id__exact")


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Who opened the door for erasure, when and why."""

    list_display = ("id", "reason", "actor", "opened_at", "closed_at")


@admin.register(ErasedEvent)
class ErasedEventAdmin(ReadOnlyAdmin):
    """The events that erasures removed or changed."""

    list_display = ("position", "stream_id", "event_version", "event_type", "operation", "erasure")
    list_select_related = ("erasure",)
    ordering = ("-id",)
    search_fields = ("stream_id__exact",)


def _lookup(term: str) -> dict[str, Any]:
    if term.isascii() and term.isdigit() and len(term) < 19:
        return {"position": int(term)}
    try:
        return {"event_id": UUID(term)}
    except ValueError:
        return {"stream_id": term}
