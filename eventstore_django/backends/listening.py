"""Hearing of new events within a millisecond: LISTEN on a connection of one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

APPENDED = "eventstore_appended"
"""Channel of the hints that somebody appended: for whoever publishes the watermark."""
HEAD = "eventstore_head"
"""Channel on which the publisher tells that the watermark moved, and operators that something changed."""

_PROOF_SECONDS = 2.0


class Listener:
    """Listens on the connection of the thread that made it. A notification is a hint, never the truth.

    It hears nothing behind a pooler in transaction mode: ``is_heard`` is then False, found out by a
    notification to itself, and whoever waits must look by himself.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        connection.ensure_connection()
        self._driver: Any = connection.connection
        token = uuid4().hex
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {APPENDED}")
            cursor.execute(f"LISTEN {HEAD}")
            cursor.execute("SELECT pg_notify(%s, %s)", [HEAD, token])
        self.is_heard = any(
            notice.payload == token for notice in self._driver.notifies(timeout=_PROOF_SECONDS, stop_after=1)
        )

    def wait(self, seconds: float, *, hints: bool = True) -> bool:
        """Wait for a notification, so long at most; return whether one came. Without ``hints`` only for the head's."""
        return any(self._is_news(notice, hints) for notice in self._driver.notifies(timeout=seconds))

    def _is_news(self, notice: Any, hints: bool) -> bool:
        if notice.channel == APPENDED:
            return hints
        # What this session tells the others it knows already.
        return bool(notice.pid != self._driver.pgconn.backend_pid)
