"""The append's own cursor: it stays open, and yet Django sees and guards all that goes through it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import SynchronousOnlyOperation
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from eventstore_django import EventStore, NewEvent
from eventstore_django.backends import cursors

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_cursor_is_kept_yet() -> Iterator[None]:
    cursors._kept.cursors.clear()
    yield
    cursors._kept.cursors.clear()


def _append(stream_id: str = "Account-1") -> int:
    return EventStore().append(stream_id, [NewEvent("Noted", {})]).version


def _kept() -> Any:
    return cursors._kept.cursors["default"]


def test_the_next_append_uses_the_cursor_of_the_last() -> None:
    _append()
    kept = _kept()
    assert _append() == 2
    assert _kept() is kept


def test_a_new_connection_gets_a_new_cursor() -> None:
    _append()
    kept = _kept()
    connection.close()
    assert _append() == 2
    assert _kept() is not kept


def test_a_cursor_that_was_closed_is_replaced() -> None:
    _append()
    _kept().close()
    assert _append() == 2


def test_a_cursor_whose_statement_failed_is_not_kept() -> None:
    _append()
    with pytest.raises(DatabaseError):
        cursors.fetched_row(connection, "SELECT 1 / %s", [0])
    assert cursors._kept.cursors == {}
    assert _append() == 2


def test_an_execute_wrapper_that_appends_takes_nobodys_answer() -> None:
    def noting(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        answer = execute(sql, params, many, context)
        if "eventstore_append_event" in sql and params[0] == "Account-1":
            assert _append("Audit-1") == 1
        return answer

    for _ in range(6):
        _append()
    with connection.execute_wrapper(noting):
        assert _append() == 7


def test_the_query_log_shows_the_append() -> None:
    with CaptureQueriesContext(connection) as queries:
        _append()
    assert "eventstore_append_event_v2" in queries[0]["sql"]


def test_the_event_loop_is_guarded() -> None:
    _append()

    async def careless() -> None:
        _append()

    with pytest.raises(SynchronousOnlyOperation):
        asyncio.run(careless())


def test_another_thread_can_t_use_this_thread_s_connection() -> None:
    refused: list[DatabaseError] = []

    def use() -> None:
        try:
            cursors.fetched_row(connection_of_this_thread, "SELECT %s", [1])
        except DatabaseError as error:
            refused.append(error)

    connection.ensure_connection()
    connection_of_this_thread = connection._connections[connection._alias]  # type: ignore[attr-defined]
    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert "thread" in str(refused[0])
