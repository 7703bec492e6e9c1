"""Lists over HTTP at a million events and 50,000 streams: names are found by leaps, not by reading everything."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from .plans import run

pytestmark = pytest.mark.slow

SCOPES = {"all": None, "tenant": "tests.scale.tenants.second_tenant"}
LISTS: dict[str, dict[str, list[str]]] = {
    "categories/": {"all": ["Account", "Order", "Rare"], "tenant": ["Order"]},
    "event-types/": {"all": ["MoneyDeposited", "OrderPlaced", "RareHappened"], "tenant": ["OrderPlaced"]},
    "streams/?limit=1": {"all": ["tenant-1/Account/large"], "tenant": ["tenant-2/Order/1"]},
    "streams/?limit=1&after=tenant-2/Order/9999": {"all": ["tenant-3/Rare/one"], "tenant": []},
    "streams/?limit=1&category=Order&after=tenant-2/Order/7": {
        "all": ["tenant-2/Order/70"],
        "tenant": ["tenant-2/Order/70"],
    },
    "streams/?category=Rare": {"all": ["tenant-3/Rare/one"], "tenant": []},
    "streams/?partition=tenant-1": {"all": ["tenant-1/Account/large"], "tenant": []},
}
FEW = 60


@pytest.fixture
def client(million: object) -> Client:
    user = get_user_model()._default_manager.create_user(username="reader")
    user.user_permissions.set(Permission.objects.filter(codename="view_event"))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_read_by_an_index(client: Client, settings: Any, address: str, scope: str) -> None:
    settings.EVENTSTORE = {"API_SCOPE": SCOPES[scope]}
    with CaptureQueriesContext(connection) as captured:
        response = client.get(f"/eventstore/{address}")
    assert [next(iter(row.values())) for row in response.json()["results"]] == LISTS[address][scope]
    plans = [run(query["sql"]) for query in captured.captured_queries if "eventstore_" in query["sql"]]
    assert len(plans) <= 1
    assert [plan.scans_of_whole_tables for plan in plans if plan.scans_of_whole_tables] == []
    assert [plan.large_sorts for plan in plans if plan.large_sorts] == []
    assert sum(plan.pages for plan in plans) <= FEW


def test_statistics_look_at_both_ends_only(client: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        stats = client.get("/eventstore/stats/").json()
    assert (stats["first_event"]["position"], stats["last_event"]["position"]) == (1, 1_000_000)
    plans = [run(query["sql"]) for query in captured.captured_queries if '"eventstore_events"' in query["sql"]]
    assert sum(plan.pages for plan in plans) <= FEW
