"""How PostgreSQL does the reads of the store: by the index that has the order, and not a row more than it gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from eventstore_django import EventStore
from eventstore_django.names import StreamName
from eventstore_django.repositories.loading import version_as_of
from eventstore_django.snapshots import last_snapshot, version_and_snapshot
from eventstore_django.workers.reading import last_event, read_event

from .hundred_thousand import EVENTS
from .plans import PLANNED, Plan, Run, sent

pytestmark = pytest.mark.usefixtures("hundred_thousand")

Read = Callable[[], Any]

PAGE = 1000
MIDDLE = 60_000
LEDGER = "here/Ledger/1"
SHORT = "here/Payment/3"
FEW = 40

STREAM = "eventstore_event_version"
LOG = "eventstore_event_pkey"
CATEGORY = "eventstore_event_category"
PARTITION = "eventstore_event_partition"

store = EventStore("default")


def _log(start: int | None = None, **options: Any) -> Read:
    return lambda: list(islice(store.iter_all_events(start, **options), PAGE))


def _stream(start: int | None = None, **options: Any) -> Read:
    return lambda: list(islice(store.iter_events(LEDGER, start, **options), PAGE))


def _category(name: str, start: int, limit: int = PAGE) -> Read:
    return lambda: store.get_category_events(name, start, limit)


PAGES: dict[str, tuple[Read, str]] = {
    "the log, from its beginning": (lambda: store.get_all_events(1, PAGE), LOG),
    "the log, in the middle": (lambda: store.get_all_events(MIDDLE, PAGE), LOG),
    "the log, one by one": (_log(MIDDLE), LOG),
    "the log, backwards": (_log(backwards=True), LOG),
    "the log, backwards in the middle": (_log(MIDDLE, backwards=True), LOG),
    "a category, from its beginning": (_category("Order", 1), CATEGORY),
    "a category, in the middle": (_category("Order", MIDDLE), CATEGORY),
    "a category of one stream": (_category("Ledger", MIDDLE), CATEGORY),
    "a category, one by one": (_log(MIDDLE, category="Order"), CATEGORY),
    "a category, backwards": (_log(MIDDLE, category="Order", backwards=True), CATEGORY),
    "a category that has ended, backwards": (_log(category="Ended", backwards=True), CATEGORY),
    "a tenant": (_log(MIDDLE, partition="here"), PARTITION),
    "a tenant that has gone, backwards": (_log(partition="gone", backwards=True), PARTITION),
    "a stream, from its beginning": (_stream(), STREAM),
    "a stream, in the middle": (_stream(8_000), STREAM),
    "a stream, backwards": (_stream(backwards=True), STREAM),
    "a stream, backwards in the middle": (_stream(8_000, backwards=True), STREAM),
}
FEWER: dict[str, tuple[Read, int, str]] = {
    "the end of the log": (lambda: store.get_all_events(EVENTS - 9, PAGE), 10, LOG),
    "a rare category": (_category("Rare", 1), 3, CATEGORY),
    "no category": (_category("None", 1), 0, CATEGORY),
    "a category behind its end": (_category("Ended", MIDDLE), 0, CATEGORY),
    "a tenant behind its end": (_log(MIDDLE, partition="gone"), 0, PARTITION),
    "a short stream": (lambda: store.get_events(SHORT), 12, STREAM),
    "a short stream, one by one": (lambda: list(store.iter_events(SHORT)), 12, STREAM),
    "the end of a long stream": (lambda: store.get_events(LEDGER, 15_980), 20, STREAM),
    "no stream": (lambda: store.get_events("None-1"), 0, STREAM),
}
LOOKS: dict[str, tuple[Read, set[str]]] = {
    "the version of a stream": (lambda: store.get_stream_version(LEDGER), {"eventstore_stream_pkey"}),
    "a snapshot and the version of its stream": (
        lambda: version_and_snapshot("default", LEDGER),
        {"eventstore_stream_pkey", "eventstore_snapshot_version"},
    ),
    "the last snapshot of a stream": (lambda: last_snapshot("default", LEDGER, 2), {"eventstore_snapshot_version"}),
    "a snapshot by its aggregate": (
        lambda: store.get_snapshot("1", "Ledger", max_version=2),
        {"eventstore_snapshot_aggregate", "eventstore_snapshot_version"},
    ),
    "the last event up to a position": (lambda: last_event("default", MIDDLE), {LOG}),
    "the event at a position": (lambda: read_event("default", MIDDLE), {LOG}),
    "the version of a stream at a moment": (
        lambda: version_as_of(store, StreamName.parse(SHORT), datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=1)),
        {STREAM},
    ),
}


def _done(read: Read, planned: Run) -> tuple[Any, list[Plan]]:
    with sent() as statements:
        found = read()
    of_tables = [statement for statement in statements if '"eventstore_' in statement.sql or "FROM" in statement.sql]
    return found, [planned(statement) for statement in of_tables]


@PLANNED
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_in_order_by_its_index(name: str, planned: Run) -> None:
    read, index = PAGES[name]
    found, (plan,) = _done(read, planned)
    assert len(found) == PAGE
    assert (plan.indexes, plan.sorts, plan.rows_passed_over) == ([index], 0, 0)
    assert plan.scans_of_whole_tables == []


@PLANNED
@pytest.mark.parametrize("name", FEWER)
def test_what_there_is_little_of_is_found_at_once(name: str, planned: Run) -> None:
    read, count, index = FEWER[name]
    found, (plan,) = _done(read, planned)
    assert len(found) == count
    assert (plan.indexes, plan.rows_passed_over, plan.scans_of_whole_tables) == ([index], 0, [])
    assert plan.pages <= FEW


@PLANNED
@pytest.mark.parametrize("name", LOOKS)
def test_a_look_up_takes_a_few_pages_of_an_index(name: str, planned: Run) -> None:
    read, indexes = LOOKS[name]
    found, plans = _done(read, planned)
    assert found
    assert {index for plan in plans for index in plan.indexes} == indexes
    assert [plan.scans_of_whole_tables for plan in plans if plan.scans_of_whole_tables] == []
    assert sum(plan.pages for plan in plans) <= FEW


@PLANNED
def test_a_range_of_a_long_stream_reads_no_more_than_the_range(planned: Run) -> None:
    found, (plan,) = _done(lambda: store.get_events(LEDGER, 1_001, 2_000), planned)
    assert len(found) == PAGE
    assert (plan.indexes, plan.large_sorts, plan.rows_passed_over) == ([STREAM], [], 0)


@PLANNED
@pytest.mark.parametrize("backwards", [False, True])
def test_a_category_of_a_tenant_is_read_by_the_index_of_one_of_the_two(backwards: bool, planned: Run) -> None:
    read = _log(MIDDLE, category="Order", partition="here", backwards=backwards)
    found, (plan,) = _done(read, planned)
    assert len(found) == PAGE
    assert (plan.scans_of_whole_tables, plan.sorts) == ([], 0)
    assert plan.rows_passed_over < 10 * PAGE


def test_the_watermark_looks_at_no_table() -> None:
    with sent() as statements:
        assert store.head_position() == EVENTS
    assert [statement for statement in statements if "eventstore_events" in statement.sql] == []


def test_behind_the_watermark_nothing_is_looked_for() -> None:
    with sent() as statements:
        assert store.get_all_events(EVENTS + 1) == []
        assert store.get_category_events("Order", EVENTS + 1) == []
    assert [statement for statement in statements if "eventstore_events" in statement.sql] == []


def test_pages_of_any_size_are_one_statement() -> None:
    with sent() as statements:
        for limit in (5, 7):
            assert len(store.get_category_events("Order", 1, limit)) == limit
    assert len({statement.sql for statement in statements if "eventstore_events" in statement.sql}) == 1
