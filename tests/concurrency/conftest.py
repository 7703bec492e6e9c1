from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any, TypeAlias

import pytest
from django.db import connection

from eventstore_django import EventStore

from .processes import Workers
from .sessions import Session, execute, rows, value

OpenSession: TypeAlias = Callable[..., Session]


@pytest.fixture
def store() -> EventStore:
    return EventStore()


@pytest.fixture
def session(transactional_db: None) -> Iterator[OpenSession]:
    with ExitStack() as opened:
        yield lambda **options: opened.enter_context(closing(Session(**options)))


@pytest.fixture
def prepared_transactions(transactional_db: None) -> Iterator[int]:
    """How many transactions the server can keep prepared; what a test leaves behind is rolled back."""
    yield int(value("SHOW max_prepared_transactions"))
    for (gid,) in rows("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"):
        # It would keep its locks, and the next flush waiting, for ever.
        execute(f"ROLLBACK PREPARED '{gid}'")


@pytest.fixture(params=[True, False], ids=["function", "orm"])
def append_function(request: pytest.FixtureRequest, settings: Any) -> bool:
    """Each of the two ways in which an append is written on PostgreSQL."""
    settings.EVENTSTORE = {**getattr(settings, "EVENTSTORE", {}), "APPEND_FUNCTION": request.param}
    return bool(request.param)


@pytest.fixture
def server_version(transactional_db: None) -> int:
    connection.ensure_connection()
    return int(value("SHOW server_version_num")) // 10_000


@pytest.fixture
def workers(transactional_db: None) -> Iterator[Workers]:
    with closing(Workers()) as running:
        yield running
