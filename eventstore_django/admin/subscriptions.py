"""The pages of subscriptions: how they are doing, and what operators can do to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import Http404, HttpRequest
from django.utils.safestring import SafeString

from ..backends import backend_for
from ..models import ParkedEvent, Subscription
from ..store import EventStore
from ..workers.sampling import histories
from ..workers.statuses import statuses
from ..workers.tracebacks import error_line
from . import telling
from .acting import ActingAdmin
from .keyset import KeysetChangeList
from .rebuilds import RebuildAction
from .subscriptionactions import PauseAction, ResetAction, ResumeAction, RetryAction
from .subscriptionfacts import lag_line, measured_subscription, shortened
from .visible import visible


class SubscriptionChangeList(KeysetChangeList):
    """A page of subscriptions, each with how it is doing now: asked for once for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        """Read the page, and measure what is on it."""
        super().get_results(request)
        rows: Any = self.result_list
        alias = EventStore().using
        with backend_for(alias).translated():
            found = {status.name: status for status in statuses(alias, [row.pk for row in rows])}
            past = histories(alias)
            now = backend_for(alias).now().timestamp()
        for row in rows:
            row.now, row.doing, row.past = now, found.get(row.pk), past[row.pk]


@admin.register(Subscription)
class SubscriptionAdmin(ActingAdmin):
    """Subscriptions with their lag and where it is going."""

    list_display = ("name", "doing_now", "lag", "waiting_since", "trend", "rate", "kept", "owned", "error")
    ordering = ("name",)
    search_fields = ("name__exact",)
    search_help_text = "Exact name"
    operations = (PauseAction, ResumeAction, RetryAction, RebuildAction, ResetAction)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Measure each page."""
        return SubscriptionChangeList

    # The columns of the list

    @admin.display(description="Status")
    def doing_now(self, row: Any) -> SafeString:
        """Show what it is doing."""
        return telling.state(row.status)

    @admin.display(description="Lag")
    def lag(self, row: Any) -> str:
        """Show the positions that it is behind."""
        return telling.number(row.doing.lag) if row.doing else ""

    @admin.display(description="Lag in time")
    def waiting_since(self, row: Any) -> str:
        """Show the age of the oldest event that waits."""
        return telling.seconds(row.doing.lag_seconds) if row.doing else ""

    @admin.display(description="Trend")
    def trend(self, row: Any) -> SafeString:
        """Show the lag of the last minutes, and where it is going."""
        return lag_line(row.past, row.now, row.doing.lag if row.doing else None)

    @admin.display(description="Handles")
    def rate(self, row: Any) -> str:
        """Show the events that it handles in a second."""
        return telling.rate(row.past.rate(row.now))

    @admin.display(description="Parked + held")
    def kept(self, row: Any) -> str:
        """Show what it keeps aside: what is parked, and what is retried or waits behind."""
        return f"{telling.number(row.doing.parked)} + {telling.number(row.doing.held)}" if row.doing else ""

    @admin.display(description="Owned shards")
    def owned(self, row: Any) -> str:
        """Show how many of its shards somebody works on."""
        shards = row.doing.shards if row.doing else []
        return f"{sum(shard.owner is not None for shard in shards)} of {len(shards)}"

    @admin.display(description="Last error")
    def error(self, row: Any) -> SafeString:
        """Show the line that names it."""
        return visible(shortened(error_line(row.last_error)))

    # The page of one

    def facts(self, request: HttpRequest, shown: Any) -> dict[str, Any]:
        """Return how it is doing, and what the user can do to it."""
        measured = measured_subscription(EventStore().using, shown)
        if measured is None:
            raise Http404("It is gone.")
        only = urlencode({"subscription__name__exact": shown.pk})
        return {
            **measured,
            "kept_url": f"{self.reverse('changelist', of=ParkedEvent)}?{only}",
            "actions": self.offered(request, shown),
            "entries": self.log_of(shown),
        }
