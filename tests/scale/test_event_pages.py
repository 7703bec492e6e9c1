"""Pages of the log over HTTP at a million events: each filter, both ends, both ways, with and without a tenant."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from .million import EVENTS, RARE
from .plans import Plan, run

pytestmark = pytest.mark.slow

ODD = range(1, EVENTS + 1, 2)
NOTHING = range(0)


@dataclass(frozen=True, slots=True)
class Match:
    """A value to filter by, and the positions of the events that have it."""

    value: str
    positions: range

    def behind(self, after: int | None, backward: bool, tenant: bool) -> list[int]:
        """Return the positions of the page behind a cursor; the second tenant has the even ones but the rare one."""
        found = iter(reversed(self.positions) if backward else self.positions)
        if after is not None:
            found = (n for n in found if (n < after if backward else n > after))
        if tenant:
            found = (n for n in found if n % 2 == 0 and n != RARE)
        return list(islice(found, LIMIT))


def _three(nothing: str, one: str, half: str) -> dict[str, Match]:
    return {
        "nothing": Match(nothing, NOTHING),
        "one": Match(one, range(RARE, RARE + 1)),
        "half": Match(half, ODD),
    }


LIMIT = 100
MATCHES = {
    "stream_id": _three("tenant-9/None/0", "tenant-3/Rare/one", "tenant-1/Account/large"),
    "category": _three("None", "Rare", "Account"),
    "partition": _three("tenant-9", "tenant-3", "tenant-1"),
    "event_type": _three("NothingHappened", "RareHappened", "MoneyDeposited"),
    "aggregate_id": _three("none", "one", "large"),
    "aggregate_type": _three("None", "Rare", "Account"),
    "correlation_id": _three("none", "one", "large"),
    "occurred_after": {
        "nothing": Match("2024-01-12T13:46:40Z", NOTHING),
        "one": Match("2024-01-12T13:46:39Z", range(EVENTS, EVENTS + 1)),
        "half": Match("2024-01-06T18:53:20Z", range(RARE + 1, EVENTS + 1)),
    },
    "occurred_before": {
        "nothing": Match("2024-01-01T00:00:01Z", NOTHING),
        "one": Match("2024-01-01T00:00:02Z", range(1, 2)),
        "half": Match("2024-01-06T18:53:20Z", range(1, RARE)),
    },
}
PAGES = {
    "first page": (None, "forward"),
    "last page": (EVENTS - 50, "forward"),
    "first page back": (None, "backward"),
    "last page back": (50, "backward"),
}
CASES = [
    pytest.param(name, matches, page, id=f"{name}, {matches}, {page}")
    for name, matches, page in product(MATCHES, ("nothing", "one", "half"), PAGES)
]
# Positions are in no order of times, and a tenant that has none of what half of the log has is found by reading
# that half: docs/http.md says so, with the figure.
READ_ON = {"occurred_after", "occurred_before"}
READ_ON_FOR_A_TENANT = {"category", "aggregate_id", "aggregate_type", "correlation_id", *READ_ON}
FEW = 2 * LIMIT + 2


@pytest.fixture
def client(million: object) -> Client:
    user = get_user_model()._default_manager.create_user(username="reader")
    user.user_permissions.set(Permission.objects.filter(codename="view_event"))
    client = Client()
    client.force_login(user)
    client.get("/eventstore/events/?limit=1")
    return client


def _read(client: Client, **query: Any) -> tuple[list[dict[str, Any]], list[str]]:
    given = {name: value for name, value in query.items() if value is not None}
    with CaptureQueriesContext(connection) as captured:
        response = client.get(f"/eventstore/events/?{urlencode(given)}")
    assert response.status_code == 200, response.content
    statements = [query["sql"] for query in captured.captured_queries]
    return response.json()["results"], [sql for sql in statements if "eventstore_" in sql]


def _plans(statements: list[str]) -> list[Plan]:
    return [run(sql) for sql in statements if '"eventstore_events"' in sql]


def _check(plans: list[Plan], reads_on: bool) -> None:
    assert [plan.scans_of_whole_tables for plan in plans if plan.scans_of_whole_tables] == []
    assert [plan.large_sorts for plan in plans if plan.large_sorts] == []
    if not reads_on:
        assert max((plan.rows_passed_over for plan in plans), default=0) <= FEW
        assert sum(plan.pages for plan in plans) <= FEW


@pytest.mark.parametrize(("name", "matches", "page"), CASES)
def test_a_page_costs_the_same_whatever_is_filtered(client: Client, name: str, matches: str, page: str) -> None:
    match, (after, direction) = MATCHES[name][matches], PAGES[page]
    results, statements = _read(client, direction=direction, after=after, limit=LIMIT, **{name: match.value})
    assert [event["position"] for event in results] == match.behind(after, direction == "backward", tenant=False)
    assert len(statements) <= 3
    _check(_plans(statements), reads_on=matches == "half" and name in READ_ON)


@pytest.mark.parametrize(("name", "matches", "page"), CASES)
def test_a_page_of_a_tenant_costs_the_same(client: Client, settings: Any, name: str, matches: str, page: str) -> None:
    settings.EVENTSTORE = {"API_SCOPE": "tests.scale.tenants.second_tenant"}
    match, (after, direction) = MATCHES[name][matches], PAGES[page]
    results, statements = _read(client, direction=direction, after=after, limit=LIMIT, **{name: match.value})
    assert [event["position"] for event in results] == match.behind(after, direction == "backward", tenant=True)
    assert len(statements) <= 3
    _check(_plans(statements), reads_on=matches == "half" and name in READ_ON_FOR_A_TENANT)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_a_filter_costs_the_same_anywhere(client: Client, page: str) -> None:
    after, direction = PAGES[page]
    results, statements = _read(client, direction=direction, after=after, limit=LIMIT)
    assert len(results) in (49, 50, LIMIT)
    assert len(statements) == 2
    _check(_plans(statements), reads_on=False)


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("after", [None, RARE, EVENTS - 50])
def test_a_tenant_and_the_type_of_another_are_known_to_be_nothing(
    client: Client, direction: str, after: int | None
) -> None:
    # In the middle of the log the planner takes the index for it only if it knows the two together.
    query = {"partition": "tenant-2", "event_type": "MoneyDeposited", "direction": direction, "after": after}
    results, statements = _read(client, **query)
    assert results == []
    _check(_plans(statements), reads_on=False)
