"""Pages of the HTTP API as they are read: the first one, and the one behind a million events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from django.db import connections

from eventstore_django.api.filters import EventFilters
from eventstore_django.api.pages import PageRequest
from eventstore_django.api.representations import event_body
from eventstore_django.models import Event

from .measuring import Figure, in_turns, timed

EVENTS = 1_000_000
READS = 50

_FILL = """
WITH stored AS (
    INSERT INTO eventstore_events (
        event_version, occurred_at, event_id, stream_id, category, aggregate_type, aggregate_id, event_type, event_data
    )
    SELECT n, now(), gen_random_uuid(), %(name)s, 'Pages', 'Pages', %(name)s,
        CASE n %% 2 WHEN 0 THEN 'MoneyDeposited' ELSE 'MoneyWithdrawn' END,
        '{"amount": "100.00", "note": "one of a million"}'
    FROM generate_series(1, %(events)s) n
)
INSERT INTO eventstore_streams (stream_id, version, category, aggregate_type, aggregate_id)
VALUES (%(name)s, %(events)s, 'Pages', 'Pages', %(name)s)
"""


def run(rounds: int) -> list[Figure]:
    """Read pages of 100 events with and without a filter."""
    first, last = _ends()
    figures = []
    for label, filters in (("all events", EventFilters()), ("one type", EventFilters(event_type="MoneyDeposited"))):
        pages = {
            "first page": PageRequest(after=first),
            "page after 1,000,000": PageRequest(after=last),
            "first page backwards": PageRequest(after=last + 400, backward=True),
        }
        contenders = {name: _reading(filters, page) for name, page in pages.items()}
        figures += in_turns(f"a page of 100, {label}", contenders, rounds)
    return figures


def _reading(filters: EventFilters, page: PageRequest) -> Callable[[], float]:
    page = replace(page, limit=100)
    return lambda: timed(lambda: sum(_read(filters, page) for _ in range(READS)))


def _read(filters: EventFilters, page: PageRequest) -> int:
    found = page.of(filters.select(Event.objects.using("default")))
    return len([event_body(event) for event in found]) and 1


def _ends() -> tuple[int, int]:
    """Fill the log if it is shorter; return a position near its beginning, and one a million events later."""
    with connections["default"].cursor() as cursor:
        if Event.objects.using("default").count() < EVENTS + 1000:
            cursor.execute(_FILL, {"name": f"Pages-{uuid4()}", "events": EVENTS + 1000})
            cursor.execute("VACUUM ANALYZE eventstore_events")
    positions = Event.objects.using("default").order_by("-position").values_list("position", flat=True)
    last = positions[500:501][0]
    return next(iter(positions[EVENTS + 500 : EVENTS + 501]), 0), last
