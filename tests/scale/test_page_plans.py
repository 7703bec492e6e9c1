"""How PostgreSQL reads a page of ``recorded()`` when the statement is a prepared one: by the order of an index."""

from __future__ import annotations

import pytest

from eventstore_django.api.filters import EventFilters
from eventstore_django.api.pages import PageRequest
from eventstore_django.models import Event

from .hundred_thousand import EVENTS
from .plans import Plan, run_planned_beforehand, sent

pytestmark = pytest.mark.usefixtures("hundred_thousand")

FILTERS = {
    "nothing": EventFilters(),
    "category": EventFilters(category="Order"),
    "aggregate type": EventFilters(aggregate_type="Order"),
    "event type": EventFilters(event_type="Noted"),
    "tenant": EventFilters(partition="here"),
}


def _plan(page: PageRequest, filters: EventFilters) -> Plan:
    with sent() as statements:
        assert len(page.of(filters.select(Event.objects.all()))) == page.limit
    (statement,) = (statement for statement in statements if "eventstore_events" in statement.sql)
    return run_planned_beforehand(statement)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("limit", [100, 1000])
@pytest.mark.parametrize("backward", [False, True])
def test_a_page_of_the_api_is_read_in_order(name: str, limit: int, backward: bool) -> None:
    plan = _plan(PageRequest(after=EVENTS // 2, limit=limit, backward=backward), FILTERS[name])
    assert (plan.sorts, plan.scans_of_whole_tables) == (0, [])
    assert plan.pages < limit


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
