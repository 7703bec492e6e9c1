"""How PostgreSQL reads a page of the API, and of ``recorded()``: by the order of an index, wherever the events are."""

from __future__ import annotations

import pytest

from eventstore_django.api.filters import EventFilters
from eventstore_django.api.live.selections import Selection
from eventstore_django.api.pages import PageRequest
from eventstore_django.api.sources import Source
from eventstore_django.models import Event

from .hundred_thousand import ENDED_AT, EVENTS
from .plans import PLANNED, Plan, Run, sent

pytestmark = pytest.mark.usefixtures("hundred_thousand")

FILTERS = {
    "nothing": EventFilters(),
    "category": EventFilters(category="Order"),
    "aggregate type": EventFilters(aggregate_type="Order"),
    "event type": EventFilters(event_type="Noted"),
    "tenant": EventFilters(partition="here"),
}


def _read(page: PageRequest, filters: EventFilters, planned: Run) -> tuple[int, Plan]:
    with sent() as statements:
        found = page.of(Source(filters.select(Event.objects.all()), filters.names))
    (statement,) = (statement for statement in statements if "eventstore_events" in statement.sql)
    return len(found), planned(statement)


# Of each there are 20,000 events, the last of them at position 40,000.
ENDED = {
    "category": (EventFilters(category="Ended"), "eventstore_event_category"),
    "aggregate type": (EventFilters(aggregate_type="Ended"), "eventstore_event_agg_type"),
    "event type": (EventFilters(event_type="LastSeen"), "eventstore_event_type"),
    "tenant": (EventFilters(partition="gone"), "eventstore_event_partition"),
}
UNEVEN = {
    "the newest": (PageRequest(backward=True), 100),
    "backwards from behind them": (PageRequest(after=90_000, backward=True), 100),
    "the last few": (PageRequest(after=ENDED_AT - 10), 5),
    "behind the last one": (PageRequest(after=ENDED_AT), 0),
    "far behind the last one": (PageRequest(after=60_000), 0),
    "in between": (PageRequest(after=5_000), 100),
}
FEW = 20
"""Pages of table and index that hold a hundred events and lead to them."""


@PLANNED
@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("limit", [100, 1000])
@pytest.mark.parametrize("backward", [False, True])
def test_a_page_of_the_api_is_read_in_order(name: str, limit: int, backward: bool, planned: Run) -> None:
    found, plan = _read(PageRequest(after=EVENTS // 2, limit=limit, backward=backward), FILTERS[name], planned)
    assert found == limit
    assert (plan.sorts, plan.scans_of_whole_tables) == (0, [])
    assert plan.pages < limit


@PLANNED
@pytest.mark.parametrize("name", ENDED)
@pytest.mark.parametrize("page", UNEVEN)
def test_where_events_are_unevenly_spread_the_log_is_not_walked(name: str, page: str, planned: Run) -> None:
    (request, count), (filters, index) = UNEVEN[page], ENDED[name]
    found, plan = _read(request, filters, planned)
    assert (found, plan.indexes, plan.rows_passed_over, plan.sorts) == (count, [index], 0, 0)
    assert plan.pages <= FEW


@PLANNED
@pytest.mark.parametrize("name", ENDED)
def test_a_live_feed_does_not_walk_the_log_either(name: str, planned: Run) -> None:
    filters, index = ENDED[name]
    with sent() as statements:
        found = Selection(Source(filters.select(Event.objects.all()), filters.names)).between(
            ENDED_AT - 10, EVENTS, 100
        )
    (statement,) = statements
    plan = planned(statement)
    assert (len(found), plan.indexes, plan.rows_passed_over) == (5, [index], 0)
    assert plan.pages <= FEW


@PLANNED
@pytest.mark.parametrize("aggregate_id", ["1", "0"])  # of many events, and of few
def test_an_aggregate_is_read_by_its_index(aggregate_id: str, planned: Run) -> None:
    _, plan = _read(PageRequest(after=30_000, backward=True), EventFilters(aggregate_id=aggregate_id), planned)
    # Of a few rows a sort costs nothing.
    assert (plan.indexes, plan.rows_passed_over, plan.large_sorts) == (["eventstore_event_aggregate"], 0, [])


@pytest.mark.parametrize("limit", [1, 7])
def test_the_limit_of_a_slice_is_kept(limit: int) -> None:
    with sent() as statements:
        assert len(Event.objects.category("Order").recorded()[:limit]) == limit
        assert len(Event.objects.category("Order").recorded()[3 : limit + 3]) == limit
    assert [limit in statement.values for statement in statements] == [True, False]


def test_of_nothing_nothing_is_read() -> None:
    with sent() as statements:
        assert list(Event.objects.none().recorded()[:5]) == []
        assert list(Event.objects.category("a\0").recorded()[:5]) == []
    assert statements == []
