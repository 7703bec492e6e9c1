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

_PROOF_SECONDS = 1.0
_PROOFS = 10


class Listener:
    """Listens on the connection of the thread that made it. A notification is a hint, never the truth.

    It hears nothing behind a pooler in transaction mode: ``is_heard`` is then False, found out by a
    notification to itself, and whoever waits must look by himself.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        connection.ensure_connection()
        self._driver: Any = connection.connection
        self._errors = connection.wrap_database_errors
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {APPENDED}")
            cursor.execute(f"LISTEN {HEAD}")
            self.is_heard = self._hears_itself(cursor)

    def _hears_itself(self, cursor: Any) -> bool:
        heard: list[Any] = []
        token = uuid4().hex
        # By a handler: before psycopg 3.2.4 what arrives with the answer to a statement is lost otherwise.
        self._driver.add_notify_handler(heard.append)
        try:
            cursor.execute("SELECT pg_notify(%s, %s)", [HEAD, token])
            for _ in range(_PROOFS):
                if any(notice.payload == token for notice in heard):
                    return True
                cursor.execute("SELECT pg_sleep(%s)", [_PROOF_SECONDS / _PROOFS])
        finally:
            self._driver.remove_notify_handler(heard.append)
        return False

    def wait(self, seconds: float, *, hints: bool = True) -> bool:
        """Wait for a notification, so long at most; return whether one came. Without ``hints`` only for the head's."""
        with self._errors:
            return any(self._is_news(notice, hints) for notice in self._driver.notifies(timeout=seconds))

    def _is_news(self, notice: Any, hints: bool) -> bool:
        if notice.channel == APPENDED:
            return hints
        # What this session tells the others it knows already.
        return bool(notice.pid != self._driver.pgconn.backend_pid)
