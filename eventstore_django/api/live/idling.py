"""Waiting without a database connection."""

from __future__ import annotations

from django.db import connections


def close_connections() -> None:
    """Close the connections of this thread, but for those inside a transaction, whose block is not here."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
