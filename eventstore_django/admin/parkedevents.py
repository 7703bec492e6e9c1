"""The pages of events that subscriptions have kept aside."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..models import Event, ParkedEvent, Stream, Subscription
from ..store import EventStore
from ..workers.tracebacks import error_line
from . import jsontrees, telling
from .acting import ActingAdmin
from .parkedactions import DiscardAction, RetryAction, RetryStreamAction
from .quoting import quoted
from .subscriptionfacts import shortened
from .visible import visible

MOST_BEHIND = 50
"""Events that the page shows of those that are kept aside in the same stream."""


@admin.register(ParkedEvent)
class ParkedEventAdmin(ActingAdmin):
    """Events that failed, and those that wait behind them, the newest first."""

    list_display = ("where", "event", "subscription_name", "status_now", "since", "error_now")
    list_filter = ("status", "subscription")
    ordering = ("-id",)
    search_fields = ("stream_id__exact",)
    search_help_text = "Exact stream name"
    operations = (RetryAction, RetryStreamAction, DiscardAction)

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["eventstore/json.css"]}
        js: ClassVar[list[str]] = ["eventstore/json.js"]

    @admin.display(description="Position")
    def where(self, row: ParkedEvent) -> str:
        """Show the position of the event."""
        return str(row.position)

    @admin.display(description="Subscription")
    def subscription_name(self, row: ParkedEvent) -> SafeString:
        """Show who could not handle it."""
        return visible(row.subscription_id)

    @admin.display(description="Event")
    def event(self, row: ParkedEvent) -> SafeString:
        """Show the type of the event, and the stream that is held back."""
        return format_html("{}<br>{}", visible(row.event_type), visible(row.stream_id))

    @admin.display(description="Status")
    def status_now(self, row: ParkedEvent) -> SafeString:
        """Show whether it is tried again, or waits, and how often it was tried."""
        tried = f"{row.attempts} attempts" if row.attempts > 1 else "1 attempt" if row.attempts else ""
        return format_html("{}<br>{}", telling.state(row.status), tried)

    @admin.display(description="Since")
    def since(self, row: ParkedEvent) -> SafeString:
        """Show when it was kept aside."""
        at = timezone.localtime(row.created_at)
        return format_html("{}<br>{}", f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}")

    @admin.display(description="Error")
    def error_now(self, row: ParkedEvent) -> SafeString:
        """Show the line that names the error."""
        return visible(shortened(error_line(row.error)))

    def facts(self, request: HttpRequest, shown: Any) -> dict[str, Any]:
        """Return the event and why it is here."""
        event = Event.objects.using(EventStore().using).filter(pk=shown.position).first()
        may_see = request.user.has_perm("eventstore.view_event")
        return {
            "heading": f"{shown.event_type} at position {shown.position}",
            "facts": _facts(shown),
            "state": telling.state(shown.status),
            "is_erased": event is None,
            **(self._shown(event) if event and may_see else {}),
            "subscription_url": self.reverse("change", quoted(shown.subscription_id), of=Subscription),
            "behind": self._behind(shown),
            "actions": self.offered(request, shown),
            "entries": self.log_of(shown),
        }

    def _shown(self, event: Event) -> dict[str, Any]:
        """Return the payload, and where there is more of it."""
        key = quoted(event.pk)
        return {
            "payload": jsontrees.Shown.of(event.payload),
            "json_url": self.reverse("json", key, of=Event),
            "event_url": self.reverse("change", key, of=Event),
            "stream_url": self.reverse("change", quoted(event.stream_id), of=Stream),
        }

    def _behind(self, shown: ParkedEvent) -> list[tuple[str, SafeString, str]]:
        """Return what else of its stream is kept aside, with addresses."""
        rows = ParkedEvent.objects.using(EventStore().using).filter(
            subscription=shown.subscription_id, version=shown.version, stream_id=shown.stream_id
        )
        others = rows.exclude(pk=shown.pk).exclude(status=ParkedEvent.Status.DISCARDED).order_by("position")
        return [
            (f"{row.event_type} at position {row.position}", telling.state(row.status), self.address(row.pk))
            for row in others[:MOST_BEHIND]
        ]


def _facts(row: ParkedEvent) -> telling.Facts:
    return telling.facts(
        ("Stream", row.stream_id),
        ("Event type", row.event_type),
        ("Position", str(row.position)),
        ("Event id", str(row.event_id)),
        ("Attempts", str(row.attempts)),
        ("Kept aside since", telling.moment(row.created_at)),
        ("Last change", telling.moment(row.updated_at)),
        ("Tried again at", telling.moment(row.retry_at)),
        ("Shard", str(row.shard)),
        ("During a replay", "yes" if row.is_replay else "no"),
    )
