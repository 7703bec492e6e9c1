"""The admin at a million events: each filter, search and end of a list by an index, at a price that has a bound."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from .million import EVENTS, RARE
from .plans import run

pytestmark = pytest.mark.slow

PAGES = 4000
"""Pages of tables and indexes that one statement may look at: some 20 ms from memory."""

LARGE = ("eventstore_events", "eventstore_streams")
ENDS = {
    "first": {},
    "middle": {"_before": RARE},
    "last": {"_last": 1},
    "up": {"_after": RARE},
}
FILTERS: dict[str, dict[str, Any]] = {
    "all": {},
    "type, nothing": {"event_type": "NothingHappened"},
    "type, one": {"event_type": "RareHappened"},
    "type, half": {"event_type": "MoneyDeposited"},
    "category, nothing": {"category": "None"},
    "category, one": {"category": "Rare"},
    "category, half": {"category": "Account"},
    "tenant, nothing": {"partition": "tenant-9"},
    "tenant, one": {"partition": "tenant-3"},
    "tenant, half": {"partition": "tenant-1"},
    "second tenant": {"partition": "tenant-2"},
    "time, nothing before": {"stored_to": "2025-01-01T00:00:00Z"},
    "time, nothing after": {"stored_from": "2026-01-01T00:00:00Z"},
    "time, one": {"stored_from": "2025-01-01T00:08:20Z", "stored_to": "2025-01-01T00:08:20.001Z"},
    "time, older half": {"stored_to": "2025-01-01T00:08:20Z"},
    "time, newer half": {"stored_from": "2025-01-01T00:08:20Z"},
    "type and tenant, nothing": {"event_type": "MoneyDeposited", "partition": "tenant-2"},
    "type and tenant, half": {"event_type": "OrderPlaced", "partition": "tenant-2"},
    "type and category, nothing": {"event_type": "MoneyDeposited", "category": "Order"},
    "type and category, one": {"event_type": "RareHappened", "category": "Rare"},
    "tenant and category, nothing": {"partition": "tenant-1", "category": "Order"},
    "all three, nothing": {"partition": "tenant-1", "category": "Order", "event_type": "RareHappened"},
    "type and time, nothing": {"event_type": "RareHappened", "stored_to": "2025-01-01T00:08:19Z"},
    "aggregate, half": {"q": "aggregate:large"},
    "aggregate, one": {"q": "aggregate:one"},
    "correlation, half": {"q": "correlation:large"},
    "correlation, one": {"q": "correlation:one"},
    "correlation, nothing": {"q": "correlation:none"},
    "aggregate and type, nothing": {"q": "aggregate:large", "event_type": "OrderPlaced"},
    "anything, nothing": {"q": "nothing is called so"},
}
OTHERS = [
    f"event/{RARE}/change/",
    "event/1/change/",
    f"event/{EVENTS}/change/",
    "event/correlation/?id=large",
    "stream/",
    "stream/?_last=1",
    "stream/?_before=tenant-2/Order/3",
    "stream/?category=Rare",
    "stream/?category=Order&_last=1",
    "stream/?partition=tenant-2",
    "stream/?partition=tenant-2&category=Account",
    "stream/?q=tenant-2/Order/40x",
    "stream/?q=tenant-",
    "stream/?q=nothing",
    "stream/tenant-1_2FAccount_2Flarge/change/",
    "stream/tenant-1_2FAccount_2Flarge/change/?version=250000&top=250000",
    "stream/tenant-1_2FAccount_2Flarge/change/?top=1",
    "stream/tenant-1_2FAccount_2Flarge/state/?version=1",
]


def _statements(address: str) -> list[str]:
    client = Client()
    client.force_login(get_user_model()._default_manager.create_superuser("ada"))
    with CaptureQueriesContext(connection) as captured:
        response = client.get(f"/admin/eventstore/{address}")
    assert response.status_code == 200
    return [query["sql"] for query in captured if any(table in query["sql"] for table in LARGE)]


def _check(statements: list[str]) -> None:
    assert 0 < len(statements) < 16
    for sql in statements:
        assert "COUNT(*)" not in sql.upper() or "LIMIT" in sql.upper() or "event_version" in sql
        assert "OFFSET" not in sql.upper()
        assert "DISTINCT" not in sql.upper()
        plan = run(sql)
        scanned = [table for table in plan.scans_of_whole_tables if table in LARGE]
        assert (scanned, plan.large_sorts) == ([], []), sql
        assert plan.pages < PAGES, (plan.pages, sql)


@pytest.mark.usefixtures("million")
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("chosen", FILTERS)
def test_a_page_of_the_log_is_read_by_an_index(chosen: str, end: str) -> None:
    _check(_statements(f"event/?{urlencode({**FILTERS[chosen], **ENDS[end]})}"))


@pytest.mark.usefixtures("million")
@pytest.mark.parametrize("address", OTHERS)
def test_every_other_page_is_read_by_an_index(address: str) -> None:
    _check(_statements(address))
