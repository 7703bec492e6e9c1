"""The databases that the event store works on, behind one interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connections

from ..exceptions import UnsupportedDatabase
from .base import Backend
from .postgresql import PostgreSQLBackend
from .sqlite import SQLiteBackend

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["BACKENDS", "Backend", "backend_for", "backend_of"]

BACKENDS: dict[str, type[Backend]] = {"postgresql": PostgreSQLBackend, "sqlite": SQLiteBackend}
"""By Django's name of the vendor. An engine that is not here can't keep the event store's promises."""


def backend_for(alias: str) -> Backend:
    """Return the backend of a connection, by its name in ``DATABASES``."""
    return backend_of(connections[alias])


def backend_of(connection: BaseDatabaseWrapper) -> Backend:
    """Return the backend of a connection. Raise UnsupportedDatabase for an engine that has none."""
    backend = BACKENDS.get(connection.vendor)
    if backend is None:
        raise UnsupportedDatabase(
            f"The event store does not work on {connection.vendor} (database {connection.alias!r}): "
            "it needs PostgreSQL, or SQLite for tests."
        )
    return backend(connection)
