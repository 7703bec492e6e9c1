"""The pages of erasures: who opened the door, and what was removed."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from ..models import ErasedEvent, Erasure, Stream
from . import cells
from .quoting import quoted
from .readonly import ReadOnlyAdmin
from .visible import visible


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Who opened the door for erasure, when and why."""

    list_display = ("id", "why", "by", "opened", "closed")
    ordering = ("-id",)

    @admin.display(description="Reason")
    def why(self, erasure: Erasure) -> SafeString:
        """Show the reason that was given."""
        return visible(erasure.reason)

    @admin.display(description="Actor")
    def by(self, erasure: Erasure) -> SafeString:
        """Show who it was."""
        return visible(erasure.actor)

    @admin.display(description="Opened")
    def opened(self, erasure: Erasure) -> SafeString:
        """Show when the door was opened."""
        return cells.moment(erasure.opened_at)

    @admin.display(description="Closed")
    def closed(self, erasure: Erasure) -> SafeString:
        """Show when it was closed."""
        return cells.moment(erasure.closed_at)


@admin.register(ErasedEvent)
class ErasedEventAdmin(ReadOnlyAdmin):
    """The events that erasures removed or changed."""

    list_display = ("id", "position", "of_type", "in_stream", "event_version", "operation", "by_erasure")
    list_select_related = ("erasure",)
    ordering = ("-id",)
    search_fields = ("stream_id__exact",)
    search_help_text = "Exact stream name"

    @admin.display(description="Type")
    def of_type(self, erased: ErasedEvent) -> SafeString:
        """Show the type, in its colour."""
        return cells.chip(erased.event_type)

    @admin.display(description="Stream")
    def in_stream(self, erased: ErasedEvent) -> SafeString:
        """Link to the stream."""
        return cells.link(self.reverse("change", quoted(erased.stream_id), of=Stream), erased.stream_id)

    @admin.display(description="Erasure")
    def by_erasure(self, erased: ErasedEvent) -> SafeString:
        """Link to the erasure that it belongs to."""
        return cells.link(self.reverse("change", str(erased.erasure_id), of=Erasure), str(erased.erasure))
