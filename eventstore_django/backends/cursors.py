"""Cursors that stay open from one call to the next, for a statement that is run all the time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class _Kept(threading.local):
    """As Django's connections: to each thread its own."""

    def __init__(self) -> None:
        self.cursors: dict[str, Any] = {}


_kept = _Kept()


def fetched_row(connection: BaseDatabaseWrapper, statement: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
    """Run a statement and return its one row, by a cursor of the driver that is kept.

    A new cursor costs as much as the rest of Django's way to the driver: the driver has to look up again
    how it adapts each parameter. What is asked of Django is what ``connection.cursor()`` asks: a healthy
    connection, of this thread, outside of an event loop; execute wrappers and the query log see the statement.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_thread_sharing()
    # Taken out while it is in use: an execute wrapper may run the same statement, and would take the answer.
    cursor = _kept.cursors.pop(connection.alias, None)
    if cursor is None or cursor.closed or cursor.connection is not connection.connection:
        cursor = connection.create_cursor()
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    wrap(cursor).execute(statement, parameters)
    row: tuple[Any, ...] = cursor.fetchone()
    _kept.cursors[connection.alias] = cursor
    return row
