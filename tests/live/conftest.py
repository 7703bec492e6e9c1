from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from eventstore_django import EventStore
from tests.concurrency.processes import Workers
from tests.concurrency.sessions import rows

from .servers import Server

Serve: TypeAlias = Callable[..., Server]


@pytest.fixture
def store(transactional_db: None) -> EventStore:
    return EventStore()


@pytest.fixture
def reader(transactional_db: None) -> Any:
    """A user who may read; the password is the name."""
    user = get_user_model()._default_manager.create_user(username="reader", password="reader")
    user.user_permissions.set(Permission.objects.filter(codename="view_event"))
    return user


@pytest.fixture
def serve(reader: Any, tmp_path: Path) -> Iterator[Serve]:
    """Start servers; they and their sessions are ended after the test."""
    running: list[Server] = []

    def start(kind: str, *, port: int = 0, url: str = "", **settings: Any) -> Server:
        running.append(Server(kind, tmp_path / f"server{len(running)}.log", settings, port=port, url=url))
        return running[-1]

    yield start
    for server in running:
        server.kill()
        rows("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = %s", server.name)


@pytest.fixture
def workers(transactional_db: None) -> Iterator[Workers]:
    running = Workers()
    yield running
    running.close()
