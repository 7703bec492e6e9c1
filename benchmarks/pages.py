"""Pages of the HTTP API as they are read: the first one, the one behind a million events, and those that read on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from django.db import connections
from django.utils import timezone

from eventstore_django.api.filters import EventFilters
from eventstore_django.api.pages import PageRequest
from eventstore_django.api.representations import event_body
from eventstore_django.api.sources import Source
from eventstore_django.models import Event
from eventstore_django.querysets import EventQuerySet

from .measuring import Figure, in_turns, timed

EVENTS = 1_000_000
MARGIN = 1000
READS = 50

# Two tenants take turns, each with a category and a type of its own; an event happened each second.
_FILL = """
WITH stored AS (
    INSERT INTO eventstore_events (
        event_version, occurred_at, event_id, stream_id, category, partition, aggregate_type, aggregate_id, event_type,
        event_data
    )
    SELECT (n + 1) / 2, now() - (%(events)s - n) * interval '1 second', gen_random_uuid(),
        tenant || '/Kind-' || tenant || '/' || %(name)s, 'Kind-' || tenant, tenant, 'Kind-' || tenant, %(name)s,
        'Happened-' || tenant, '{"amount": "100.00", "note": "one of a million"}'
    FROM generate_series(1, %(events)s) n, LATERAL (SELECT CASE n %% 2 WHEN 0 THEN 'a' ELSE 'b' END AS tenant) t
    ORDER BY n
)
INSERT INTO eventstore_streams (stream_id, version, category, partition, aggregate_type, aggregate_id)
SELECT tenant || '/Kind-' || tenant || '/' || %(name)s, %(events)s / 2, 'Kind-' || tenant, tenant, 'Kind-' || tenant,
    %(name)s
FROM unnest(ARRAY['a', 'b']) tenant
"""


def run(rounds: int) -> list[Figure]:
    """Read pages of 100 events."""
    first, last = _ends()
    pages = {
        "first page": PageRequest(after=first),
        "page after 1,000,000": PageRequest(after=last),
        "first page backwards": PageRequest(after=last + 400, backward=True),
    }
    chosen = {"all events": EventFilters(), "one type": EventFilters(event_type="Happened-a")}
    figures = []
    for label, filters in chosen.items():
        contenders = {name: _reading(filters, page) for name, page in pages.items()}
        figures += in_turns(f"a page of 100, {label}", contenders, rounds)
    later = timezone.now() - timedelta(seconds=EVENTS / 2)
    beginning = PageRequest(after=first)
    reading_on = {
        "first page": _reading(EventFilters(), beginning),
        "the later half by time": _reading(EventFilters(occurred_after=later), beginning, 3),
        "a tenant, another's category": _reading(EventFilters(partition="a", category="Kind-b"), beginning, 3),
        "a tenant, another's type": _reading(EventFilters(partition="a", event_type="Happened-b"), beginning),
    }
    return figures + in_turns("a page of 100, reading on", reading_on, rounds)


def _reading(filters: EventFilters, page: PageRequest, reads: int = READS) -> Callable[[], float]:
    def read() -> int:
        for _ in range(reads):
            source = Source(filters.select(Event.objects.using("default")), filters.names)
            found = [event_body(event) for event in page.of(source)]
            assert len(found) in (0, page.limit)
        return reads

    return lambda: timed(read)


def filled() -> EventQuerySet:
    """Return the events of the two tenants, a million and some; store them if they are not there yet."""
    events: EventQuerySet = Event.objects.using("default").filter(partition__in="ab")
    if events.count() < EVENTS + MARGIN:
        with connections["default"].cursor() as cursor:
            cursor.execute(_FILL, {"name": str(uuid4()), "events": EVENTS + MARGIN})
            cursor.execute("VACUUM ANALYZE eventstore_events")
    return events


def _ends() -> tuple[int, int]:
    """Return a position near the beginning, and one a million events later."""
    positions = filled().order_by("-position").values_list("position", flat=True)
    return positions[EVENTS + MARGIN // 2], positions[MARGIN // 2]
