from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from eventstore_django import EventStore
from tests.concurrency.conftest import session

from . import traces
from .commands import Commands

__all__ = ["session"]  # the same fixture


@pytest.fixture
def store(traced: None) -> EventStore:
    return EventStore()


@pytest.fixture
def traced(transactional_db: None) -> Iterator[None]:
    """The tables in which handlers leave their traces."""
    traces.create()
    yield
    traces.drop()


@pytest.fixture
def commands(traced: None, tmp_path: Path) -> Iterator[Commands]:
    with closing(Commands(tmp_path)) as running:
        yield running
