"""Databases that events can't be written to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def other_database(engine: str) -> Iterator[None]:
    """Add a database with the alias ``other``."""
    connections.settings["other"] = connections.configure_settings({"default": {"ENGINE": engine, "NAME": ":memory:"}})[
        "default"
    ]
    try:
        yield
    finally:
        connections["other"].close()
        del connections["other"]
        del connections.settings["other"]


def rename_tables(using: str) -> None:
    """Take the events away from the event store, until the test's transaction is rolled back."""
    with connections[using].cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_events RENAME TO elsewhere")
