"""When two events with one id are the same event."""

from __future__ import annotations

from typing import Any

import pytest

from eventstore_django.transfer.contents import difference
from eventstore_django.transfer.records import read_record

from .support import EVENT_ID, line


def compare(given: dict[str, Any], there: dict[str, Any]) -> str | None:
    first = read_record(1, line(event_id=EVENT_ID, **given))
    second = read_record(2, line(event_id=EVENT_ID, **there))
    return difference(first.stream, first.event, second.event)


def test_the_same_content_is_the_same_event() -> None:
    assert compare({}, {}) is None


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"event_type": "MoneyWithdrawn"}, "event type"),
        ({"schema_version": 2}, "schema version"),
        ({"aggregate_id": "2"}, "aggregate id"),
        ({"aggregate_type": "Purse"}, "aggregate type"),
        ({"occurred_at": "2011-09-30T22:38:44.546788+00:00"}, "time"),
        ({"payload": {"number": True}}, "payload"),
        ({"payload": {"number": 1.0}}, "payload"),
        ({"metadata": {"resource": "8"}}, "metadata"),
    ],
)
def test_the_part_that_differs_is_named(change: dict[str, Any], part: str) -> None:
    assert compare(change, {}) == part
    assert compare({}, change) == part


def test_an_aggregate_as_the_stream_name_says_is_the_default() -> None:
    assert compare({"aggregate_id": "1", "aggregate_type": "Account"}, {}) is None


def test_the_order_of_keys_is_no_content() -> None:
    assert compare({"payload": {"a": 1, "b": 2}}, {"payload": {"b": 2, "a": 1}}) is None


def test_what_the_context_added_to_the_stored_event_does_not_count() -> None:
    assert compare({}, {"metadata": {"resource": "7", "request_id": "1"}}) is None


def test_context_metadata_counts_where_the_line_names_it() -> None:
    given = {"metadata": {"resource": "7", "request_id": "2"}}
    assert compare(given, {"metadata": {"resource": "7", "request_id": "1"}}) == "metadata"
