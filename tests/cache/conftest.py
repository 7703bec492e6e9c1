"""Small chunks, and an empty cache that can be looked into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from eventstore_django import CachedEventStore, EventStore

from .caches import CACHES

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture(autouse=True)
def small_chunks(settings: Settings) -> Iterator[None]:
    settings.CACHES = CACHES
    settings.EVENTSTORE = {"CACHE_CHUNK_SIZE": 2}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def store(transactional_db: None) -> EventStore:
    """Give a store whose appends are committed."""
    return EventStore(using="default")


@pytest.fixture
def cached(store: EventStore) -> CachedEventStore:
    return CachedEventStore(store)
