"""Fixtures for all tests."""

from __future__ import annotations

import pytest

from eventstore_django import EventStore
from tests.scale.hundred_thousand import hundred_thousand, hundred_thousand_database
from tests.scale.million import million, million_database

__all__ = ["hundred_thousand", "hundred_thousand_database", "million", "million_database"]


@pytest.fixture
def store(db: None) -> EventStore:
    """Give a store on PostgreSQL, in a transaction that is rolled back after the test."""
    return EventStore(using="default")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="let tests/browser write docs/images/*.png anew")
