"""Pages by an index on one name are those that the conditions select, whatever the filters and the scope."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from eventstore_django import EventStore, NewEvent
from eventstore_django.api.filters import EventFilters
from eventstore_django.api.live.selections import Selection
from eventstore_django.api.pages import PageRequest
from eventstore_django.api.scopes import Scope
from eventstore_django.api.sources import Source
from eventstore_django.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

FILTERS = [
    EventFilters(),
    EventFilters(stream_id="$all"),
    EventFilters(stream_id="$all", category="Account"),
    EventFilters(stream_id="one/Account/1"),
    EventFilters(category="Account"),
    EventFilters(category="None"),
    EventFilters(partition="one"),
    EventFilters(partition="two"),
    EventFilters(event_type="Opened"),
    EventFilters(aggregate_id="1"),
    EventFilters(aggregate_type="Order"),
    EventFilters(category="Account", event_type="Opened"),
    EventFilters(category="Account", partition="one"),
    EventFilters(correlation_id="c"),
    EventFilters(category="Account", correlation_id="c"),
    EventFilters(category="Account", occurred_before=datetime(2000, 1, 1, tzinfo=UTC)),
    EventFilters(occurred_after=datetime(2000, 1, 1, tzinfo=UTC)),
]
SCOPES = [
    Scope(),
    Scope(frozenset()),
    Scope(frozenset({"one"})),
    Scope(frozenset({"one", "two"})),
    Scope(frozenset({None})),
    Scope(frozenset({"one", None})),
]
BY_NAMES = 10 + 0 + 3 + 2 + 0 + 1
"""How many of the filters are one name or none, in each of the scopes."""


@pytest.mark.parametrize("using", ["default", "sqlite"])
def test_both_ways_of_reading_a_page_find_the_same(using: str) -> None:
    store = EventStore(using=using)
    for stream, kind in product(
        ["one/Account/1", "two/Account/1", "Account-1", "one/Order/2", "Order-1"], ["Opened", "Closed"]
    ):
        store.append(stream, [NewEvent(kind, {}, metadata={"correlation_id": "c"} if kind == "Opened" else {})])
    middle = store.head_position() - 6
    pages = [*product([None, 0, middle, 10**18], [False, True], [2, 100])]
    by_names = 0
    for filters, scope, (after, backward, limit) in product(FILTERS, SCOPES, pages):
        events = scope.select_events(filters.select(Event.objects.using(using)), filters)
        source = Source(events, scope.names(filters))
        page = PageRequest(after, limit, backward)
        assert page.of(source) == page.of(Source(events)), (filters, scope, page)
        assert page.of(source, middle + 2) == page.of(Source(events), middle + 2), (filters, scope, page)
        by_names += source.names is not None
    assert by_names == BY_NAMES * len(pages)


@pytest.mark.parametrize("names", [True, False])
def test_a_live_feed_reads_them_between_two_positions(store: EventStore, names: bool) -> None:
    positions = [store.append(f"{name}-1", [NewEvent("Opened", {})]).events[0].position for name in "ABAAB"]
    filters = EventFilters(category="A")
    selection = Selection(Source(filters.select(Event.objects.all()), filters.names if names else None))
    found = selection.between(positions[0], positions[3], 1)
    assert [event.position for event in found] == [positions[2]]
    assert [event.position for event in selection.between(positions[0], positions[3], 9)] == positions[2:4]
    assert selection.between(positions[3], positions[3], 9) == []
