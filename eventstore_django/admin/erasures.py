"""The pages of erasures: who opened the door, and what was removed."""

from __future__ import annotations

from django.contrib import admin

from ..models import ErasedEvent, Erasure
from .readonly import ReadOnlyAdmin


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Who opened the door for erasure, when and why."""

    list_display = ("id", "reason", "actor", "opened_at", "closed_at")
    ordering = ("-id",)


@admin.register(ErasedEvent)
class ErasedEventAdmin(ReadOnlyAdmin):
    """The events that erasures removed or changed."""

    list_display = ("id", "position", "stream_id", "event_version", "event_type", "operation", "erasure")
    list_select_related = ("erasure",)
    ordering = ("-id",)
    search_fields = ("stream_id__exact",)
    search_help_text = "Exact stream name"
