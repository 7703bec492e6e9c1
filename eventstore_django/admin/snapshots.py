"""The pages of snapshots."""

from __future__ import annotations

from django.contrib import admin

from ..models import Snapshot
from .readonly import ReadOnlyAdmin


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """Snapshots of aggregates."""

    list_display = ("id", "stream_id", "version", "schema_version", "created_at")
    ordering = ("-id",)
    search_fields = ("stream_id__exact", "aggregate_id__exact")
    search_help_text = "Exact stream name or aggregate id"
