from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from eventstore_django.subscriptions.declarations import registry
from eventstore_django.testing.subscriptions import temporary_subscriptions
from tests.concurrency.sessions import Session

OpenSession = Callable[[], Session]


@pytest.fixture(autouse=True)
def nothing_is_declared() -> Iterator[None]:
    """Each test declares its own subscriptions."""
    with temporary_subscriptions():
        for declaration in registry.all():
            registry.remove(declaration)
        yield


@pytest.fixture(params=["default", "sqlite"])
def using(request: pytest.FixtureRequest) -> str:
    """Name a database: each test runs on PostgreSQL and on SQLite."""
    return str(request.param)


@pytest.fixture
def session() -> Iterator[OpenSession]:
    """Give a function that opens sessions, all closed after the test."""
    opened: list[Session] = []

    def open_session() -> Session:
        opened.append(Session())
        return opened[-1]

    yield open_session
    for one in opened:
        one.close()
