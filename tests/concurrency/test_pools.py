"""Appends through Django's own pool: a thread's connection is another one each time, its kept cursor must not be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from eventstore_django import EventStore, NewEvent
from eventstore_django.exceptions import ConnectionLost

from .sessions import execute

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = 3
THREADS = 8
APPENDS = 30


@pytest.fixture(params=[True, False], ids=["checked", "unchecked"])
def checked(request: pytest.FixtureRequest) -> bool:
    """Whether the pool looks at a connection before it gives it away."""
    return bool(request.param)


@pytest.fixture
def threads(transactional_db: None, checked: bool) -> Iterator[ThreadPoolExecutor]:
    """Threads whose connections come from a pool of so many; that of the test does not."""
    connection.ensure_connection()
    # As it is after connecting: an embedded server has its address only then.
    before = connections.databases["default"]
    options = {"pool": {"min_size": SIZE, "max_size": SIZE}}
    connections.databases["default"] = {**before, "CONN_HEALTH_CHECKS": checked, "OPTIONS": options}
    try:
        with ThreadPoolExecutor(THREADS) as executor:
            yield executor
            executor.submit(close_pool).result(60)
    finally:
        connections.databases["default"] = before


def close_pool() -> None:
    connections["default"].close_pool()  # type: ignore[attr-defined]  # of PostgreSQL only


def append(stream: str, number: int = 0) -> int:
    """Append, and give the connection back."""
    try:
        return EventStore().append(stream, [NewEvent("Noted", {"number": number})]).version
    finally:
        connections["default"].close()


def numbers(stream: str) -> list[int]:
    return [event.payload["number"] for event in EventStore().get_events(stream)]


class Watch:
    """Notes which sessions served which threads, and cursors that belong to another connection."""

    def __init__(self) -> None:
        self.served: set[tuple[int, int]] = set()
        self.strange: list[str] = []

    def __call__(self, run: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        own = context["connection"].connection
        if context["cursor"].cursor.connection is not own:
            self.strange.append(sql)
        self.served.add((own.info.backend_pid, threading.get_ident()))
        return run(sql, params, many, context)


def write(thread: int, watch: Watch, together: threading.Barrier) -> None:
    """Append to a stream of its own and to one of all."""
    together.wait(60)
    for number in range(APPENDS):
        with connections["default"].execute_wrapper(watch):
            append(f"Own-{thread}", number)
            append("All-1", number)


def test_threads_that_share_few_connections_lose_and_mix_up_nothing(threads: ThreadPoolExecutor) -> None:
    watch, together = Watch(), threading.Barrier(THREADS)
    for future in [threads.submit(write, thread, watch, together) for thread in range(THREADS)]:
        future.result(120)
    assert watch.strange == []
    sessions = {session for session, _ in watch.served}
    assert len(sessions) <= SIZE
    # Else it would show nothing: a connection has served several threads.
    assert len(watch.served) > len(sessions)
    for thread in range(THREADS):
        assert numbers(f"Own-{thread}") == list(range(APPENDS))
    assert sorted(numbers("All-1")) == sorted(list(range(APPENDS)) * THREADS)


def append_until_stored(event: NewEvent) -> int:
    """Append the same event until that succeeds, and return how often the connection was lost."""
    for lost in range(SIZE + 1):
        try:
            EventStore().append("Account-1", [event])
        except ConnectionLost:
            continue
        finally:
            connections["default"].close()
        return lost
    raise AssertionError("lost more connections than the pool has")


def cut() -> None:
    """End all sessions but that of the test, and wait until they have ended."""
    execute(
        "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )


def test_pooled_connections_that_were_cut_are_replaced(threads: ThreadPoolExecutor, checked: bool) -> None:
    threads.submit(append, "Account-1").result(60)
    cut()
    events = [NewEvent("Noted", {"number": number}) for number in range(1, SIZE + 2)]
    lost = [threads.submit(append_until_stored, event).result(60) for event in events]
    # One that is not looked at before is lost at its first use, as any connection is; never more than that.
    assert (sum(lost) == 0) == checked
    assert sum(lost) <= SIZE
    assert numbers("Account-1") == list(range(SIZE + 2))
