"""Stores whose logs are verified."""

from __future__ import annotations

import pytest

from eventstore_django import EventStore


@pytest.fixture(params=["default", "sqlite"])
def store(request: pytest.FixtureRequest) -> EventStore:
    """A store on each kind of database. Its tests are marked with both."""
    return EventStore(using=request.param)
