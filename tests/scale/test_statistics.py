"""The overview at a million events: it reads no table as a whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eventstore_django.backends import backend_for
from eventstore_django.backends.moments import positions_at
from eventstore_django.backends.tallies import Precision
from eventstore_django.models import Subscription
from eventstore_django.statistics import statistics

from .million import EVENTS
from .plans import run

pytestmark = pytest.mark.slow

STATEMENTS = 40
PAGES = 25_000
"""Pages of 8 kB that all statements together may look at; the events alone have more than 30,000."""


@pytest.fixture
def admin(million: object) -> Client:
    user = get_user_model()._default_manager.create_superuser(username="admin", password="secret")
    client = Client()
    client.force_login(user)
    return client


def test_the_overview_reads_no_table_as_a_whole(admin: Client) -> None:
    row = Subscription.objects.create(name="balances")
    for number in range(4):
        row.shards.create(subscription=row, number=number, position=EVENTS // 2 + number)
    admin.get("/admin/eventstore/overview/")
    with CaptureQueriesContext(connection) as captured:
        response = admin.get("/admin/eventstore/overview/")
    assert b"about 1,000,000" in response.content
    statements = [query["sql"] for query in captured if query["sql"].lstrip().startswith(("SELECT", "WITH"))]
    assert len(captured) <= STATEMENTS
    plans = [run(sql) for sql in statements]
    for plan, sql in zip(plans, statements, strict=True):
        large = {"eventstore_events", "eventstore_streams"}
        assert not large & set(plan.scans_of_whole_tables), sql
        assert plan.rows_passed_over < EVENTS / 100, sql
    assert sum(plan.pages for plan in plans) < PAGES


def test_totals_and_kinds_are_the_planners_estimates(million: Any) -> None:
    found = statistics("default")
    assert (found.events.precision, found.streams.precision) == (Precision.ESTIMATED, Precision.ESTIMATED)
    assert abs(found.events.number - EVENTS) < EVENTS / 100
    assert abs(found.streams.number - 50_002) < 1_000
    assert [kind.name for kind in found.categories.kinds] in (["Account", "Order"], ["Order", "Account"])
    assert all(abs(kind.events - EVENTS / 2) < EVENTS / 20 for kind in found.categories.kinds)


@pytest.mark.parametrize("number", [1, 2, 499_999, 500_000, 500_001, 999_999, 1_000_000])
def test_the_position_at_a_moment_is_exact(million: Any, number: int) -> None:
    # Event n was stored n milliseconds after the start of 2025.
    seconds, milliseconds = divmod(number, 1000)
    at = datetime(2025, 1, 1, 0, seconds // 60, seconds % 60, milliseconds * 1000 + 1, tzinfo=UTC)
    assert positions_at(backend_for("default"), [at]) == [number]
