"""The pages of streams."""

from __future__ import annotations

from django.contrib import admin

from ..models import Stream
from .readonly import ReadOnlyAdmin


@admin.register(Stream)
class StreamAdmin(ReadOnlyAdmin):
    """Streams and their versions."""

    list_display = ("stream_id", "version", "category", "partition", "updated_at")
    ordering = ("stream_id",)
    search_fields = ("stream_id__exact", "aggregate_id__exact")
    search_help_text = "Exact stream name or aggregate id"
