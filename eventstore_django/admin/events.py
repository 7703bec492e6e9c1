"""The pages of events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from ..models import Event
from .readonly import ReadOnlyAdmin


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


def _lookup(term: str) -> dict[str, Any]:
    if term.isascii() and term.isdigit() and len(term) < 19:
        return {"position": int(term)}
    try:
        return {"event_id": UUID(term)}
    except ValueError:
        return {"stream_id": term}
