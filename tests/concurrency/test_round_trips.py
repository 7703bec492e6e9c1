from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from eventstore_django import ANY, NO_STREAM, STREAM_EXISTS, AppendOperation, EventStore
from eventstore_django.versions import ExpectedVersionLike

from .material import event, events

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("without_hints")]


@pytest.fixture
def without_hints(settings: Any) -> None:
    """The hint that may follow the commit is a statement of its own: see tests/subscriptions/test_hints.py."""
    settings.EVENTSTORE = {"NOTIFICATIONS": False}


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param(0, ANY, id="first-any"),
        pytest.param(0, NO_STREAM, id="first-no_stream"),
        pytest.param(2, ANY, id="later-any"),
        pytest.param(2, STREAM_EXISTS, id="later-exists"),
        pytest.param(2, 2, id="later-exact"),
    ],
)
@pytest.mark.parametrize("count", [1, 20])
def test_an_append_is_one_query(before: int, expected: ExpectedVersionLike, count: int, store: EventStore) -> None:
    if before:
        store.append("Account-1", events(before))
    with CaptureQueriesContext(connection) as queries:
        store.append("Account-1", events(count), expected)
    assert len(queries) == 1


def test_an_append_inside_a_transaction_is_one_query(store: EventStore) -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        store.append("Account-1", [event()], NO_STREAM)
    assert len(queries) == 1


def test_a_batch_over_fifty_streams_is_one_query(store: EventStore) -> None:
    operations = [AppendOperation(f"Account-{number}", events(2), NO_STREAM) for number in range(50)]
    with CaptureQueriesContext(connection) as queries:
        store.append_batch(operations)
    assert len(queries) == 1


def test_a_conflict_is_one_query(store: EventStore) -> None:
    with CaptureQueriesContext(connection) as queries, pytest.raises(Exception, match="expected 7"):
        store.append("Account-1", [event()], 7)
    assert len(queries) == 1


def test_a_page_of_the_global_order_is_two_queries(store: EventStore) -> None:
    store.append("Account-1", events(3))
    with CaptureQueriesContext(connection) as queries:
        store.get_all_events()
    # The watermark and the events: one query for both would have too old a snapshot.
    assert len(queries) == 2
    assert "eventstore_watermark_v1()" in queries[0]["sql"]
