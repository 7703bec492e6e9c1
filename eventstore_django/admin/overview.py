"""The page that tells how the store is doing as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from ..backends.holders import Holder
from ..backends.tallies import Kinds
from ..exceptions import EventStoreError
from ..models import Overview, Subscription
from ..statistics import Rate, StoreStatistics, problems, statistics
from ..store import EventStore
from . import charts, telling
from .quoting import quoted
from .readonly import ReadOnlyAdmin, refuse_writing

Address = Callable[[str], str]


@admin.register(Overview)
class OverviewAdmin(ReadOnlyAdmin):
    """One page: totals, rates, the watermark, subscriptions and workers."""

    class Media:
        css: dict[str, list[str]] = {"all": ["eventstore/operations.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Measure, and show it."""
        refuse_writing(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.page(request, "overview.html", {"heading": "Overview", **_measured(self._subscription_url)})

    def _subscription_url(self, name: str) -> str:
        return self.reverse("change", quoted(name), of=Subscription)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Refuse: it is one page, of no object."""
        raise Http404("There is only one overview.")


def _measured(url: Address) -> dict[str, Any]:
    try:
        found = statistics(EventStore().using)
    except EventStoreError as error:
        return {"failure": str(error)}
    return {
        "measured_at": telling.moment(found.measured_at),
        "totals": _totals(found),
        "problems": [
            (problem.text, url(problem.subscription) if problem.subscription else "") for problem in problems(found)
        ],
        "hour": _rate(found.hour, "in the last hour, by minutes", "%H:%M"),
        "day": _rate(found.day, "in the last day, by half hours", "%H:%M"),
        "categories": _kinds(found.categories, found),
        "event_types": _kinds(found.event_types, found),
        "subscriptions": [_subscription(found, number, url) for number in range(len(found.subscriptions))],
        "workers": [_worker(worker) for worker in found.workers],
        "watermark": _watermark(found),
        "holders": [_holder(holder, found.watermark.drawn) for holder in found.watermark.holders],
    }


def _totals(found: StoreStatistics) -> telling.Facts:
    oldest = found.oldest_unprocessed
    waits = f"{telling.seconds(oldest.seconds)}, for {oldest.subscription}" if oldest else "nothing waits"
    return telling.facts(
        ("Events", telling.tally(found.events)),
        ("Streams", telling.tally(found.streams)),
        ("Last hour", f"{telling.number(found.hour.total)} events, {telling.rate(found.hour.per_second)}"),
        ("Last day", f"{telling.number(found.day.total)} events, {telling.rate(found.day.per_second)}"),
        ("Oldest unprocessed event", waits),
        ("Workers", telling.number(len(found.workers))),
    )


def _rate(rate: Rate, when: str, form: str) -> dict[str, Any]:
    span = timedelta(seconds=rate.span_seconds)
    begins = [timezone.localtime(rate.begins_at + number * span) for number in range(len(rate.counts))]
    titles = [f"{moment:{form}}: {telling.number(count)}" for moment, count in zip(begins, rate.counts, strict=True)]
    highest = max(rate.counts, default=0)
    label = f"{telling.number(rate.total)} events {when}; the most were {telling.number(highest)}"
    return {
        "chart": charts.bars(rate.counts, titles, label),
        "first": f"{begins[0]:{form}}",
        "highest": telling.number(highest),
        "span": telling.seconds(rate.span_seconds),
    }


def _kinds(found: Kinds, statistics: StoreStatistics) -> dict[str, Any]:
    whole = found.sample or max(statistics.events.number, sum(kind.events for kind in found.kinds))
    note = f"in the last {telling.number(found.sample)} events" if found.sample else found.precision.value
    return {
        "note": note,
        "rows": [
            (kind.name, telling.number(kind.events), charts.share(kind.events, whole, _percent(kind.events, whole)))
            for kind in found.kinds
        ],
    }


def _percent(part: int, whole: int) -> str:
    return f"{min(100.0, 100 * part / whole):.0f} %" if whole else "0 %"


def _subscription(found: StoreStatistics, number: int, url: Address) -> dict[str, Any]:
    status = found.subscriptions[number]
    return {
        "name": status.name,
        "url": url(status.name),
        "state": telling.state(status.status),
        "trend": telling.state(found.trends[status.name]),
        "lag": telling.number(status.lag),
        "lag_seconds": telling.seconds(status.lag_seconds),
        "rate": telling.rate(found.handled_per_second[status.name]),
        "parked": telling.number(status.parked),
    }


def _worker(worker: Any) -> dict[str, Any]:
    return {
        "name": worker.name,
        "subscriptions": ", ".join(worker.subscriptions),
        "shards": telling.number(worker.shards),
        "publishes": "yes" if worker.publishes else "no",
        "since": telling.moment(worker.started_at),
    }


def _watermark(found: StoreStatistics) -> telling.Facts:
    watermark = found.watermark
    return telling.facts(
        ("Settled up to", telling.number(watermark.position)),
        ("Drawn", telling.number(watermark.drawn)),
        ("Published to workers", f"{telling.number(watermark.published)}, {telling.moment(watermark.published_at)}"),
    )


def _holder(holder: Holder, drawn: int) -> dict[str, str | SafeString]:
    who = f"prepared transaction {holder.prepared}" if holder.prepared is not None else f"process {holder.pid}"
    return {
        "who": who,
        "application": holder.application or "-",
        "user": holder.user or "-",
        "address": holder.address or "-",
        "state": holder.state or "-",
        "age": telling.seconds(holder.age_seconds),
        "behind": telling.number(drawn - holder.position),
    }
