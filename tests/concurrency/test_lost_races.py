"""An append that stores nothing does not wait for the disk, and takes no durability from anybody's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from eventstore_django import AppendOperation, ConcurrencyError, EventStore
from eventstore_django.backends.functionappend import APPEND_ALONE, APPEND_EVENT, call, event_parameters
from eventstore_django.plans import AppendPlan, plan_append

from .material import event, events

pytestmark = pytest.mark.django_db(transaction=True)

Append = Callable[[EventStore, Any], object]

APPENDS: list[Append] = [
    lambda store, expected: store.append("Account-1", [event()], expected),
    lambda store, expected: store.append("Account-1", events(2), expected),
]


@pytest.fixture(autouse=True)
def durable_commits() -> Iterator[None]:
    """The server of the tests has them switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    yield
    connection.close()


def _synchronous_commit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        found: str = cursor.fetchone()[0]
    return found


def _plan(expected: int, *, count: int) -> AppendPlan:
    return plan_append([AppendOperation("Account-1", events(count), expected)], {})


@pytest.mark.parametrize(("expected", "commit"), [(0, "on"), (7, "off")])
def test_only_what_stores_nothing_is_committed_without_the_disk(expected: int, commit: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(APPEND_EVENT, event_parameters(_plan(expected, count=1), alone=True))
        assert _synchronous_commit() == commit


@pytest.mark.parametrize(("expected", "commit"), [(0, "on"), (7, "off")])
def test_only_a_batch_that_stores_nothing_is_committed_without_the_disk(expected: int, commit: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(APPEND_ALONE, [call(_plan(expected, count=2))])
        assert _synchronous_commit() == commit


@pytest.mark.parametrize("append", APPENDS)
def test_a_lost_race_alone_is_such_a_one(store: EventStore, append: Append) -> None:
    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note), pytest.raises(ConcurrencyError):
        append(store, 7)
    sql, params = asked[0]
    assert "synchronous_commit" in sql or params[-1] is True


@pytest.mark.parametrize("append", APPENDS)
def test_after_it_the_session_is_as_it_was(store: EventStore, append: Append) -> None:
    with pytest.raises(ConcurrencyError):
        append(store, 7)
    assert _synchronous_commit() == "on"


@pytest.mark.parametrize("append", APPENDS)
def test_a_transaction_of_the_caller_stays_durable(store: EventStore, append: Append) -> None:
    with transaction.atomic():
        with pytest.raises(ConcurrencyError):
            append(store, 7)
        assert _synchronous_commit() == "on"


def test_a_transaction_that_was_begun_by_hand_stays_durable(store: EventStore) -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        with pytest.raises(ConcurrencyError):
            store.append("Account-1", [event()], 7)
        assert _synchronous_commit() == "on"
        cursor.execute("COMMIT")


def test_a_connection_without_autocommit_stays_durable(store: EventStore) -> None:
    connection.set_autocommit(False)
    try:
        with pytest.raises(ConcurrencyError):
            store.append("Account-1", [event()], 7)
        assert _synchronous_commit() == "on"
    finally:
        connection.rollback()
        connection.set_autocommit(True)
