"""Hearing of new events within a millisecond: LISTEN on a connection of one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

APPENDED = "eventstore_appended"
"""Channel of the hints that somebody appended: for whoever publishes the watermark."""
HEAD = "eventstore_head"
"""Channel on which the publisher tells that the watermark moved, and operators that something changed."""


class Listener:
    """Listens on the connection of the thread that made it. A notification is a hint, never the truth.

    Behind a pooler there is no session of one's own to listen in: ``is_heard`` is then False, nothing is
    left behind in the pooler's session, and whoever waits must look by himself.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        connection.ensure_connection()
        self._driver: Any = connection.connection
        self._errors = connection.wrap_database_errors
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            # A pooler tells its clients a number of its own in place of the backend's.
            self.is_heard = cursor.fetchone()[0] == self._driver.pgconn.backend_pid
            if self.is_heard:
                cursor.execute(f"LISTEN {APPENDED}")
                cursor.execute(f"LISTEN {HEAD}")

    def wait(self, seconds: float, *, hints: bool = True) -> bool:
        """Wait for a notification, so long at most; return whether one came. Without ``hints`` only for the head's."""
        with self._errors:
            return any(self._is_news(notice, hints) for notice in self._driver.notifies(timeout=seconds))

    def _is_news(self, notice: Any, hints: bool) -> bool:
        if notice.channel == APPENDED:
            return hints
        # What this session tells the others it knows already.
        return bool(notice.pid != self._driver.pgconn.backend_pid)
