"""SQLite: for a first try and for test suites. One writer at a time, so commit order is position order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import ClassVar

from django.db import Error
from django.db.models import F

from ..exceptions import EventStoreError, ImmutableEventError, NotMigrated, ReadOnlyDatabase, TransactionAborted
from ..plans import AppendPlan
from .base import Backend
from .columns import time_reader
from .tallies import Precision, Tally

# As sqlite3 names them; importing it would take its time where PostgreSQL is the database, too.
_ERROR = 1
_BUSY = 5
_LOCKED = 6
_READONLY = 8
_CONSTRAINT_TRIGGER = 1811


class SQLiteBackend(Backend):
    """SQLite from 3.38 on."""

    name: ClassVar[str] = "SQLite"
    minimum_version: ClassVar[tuple[int, ...]] = (3, 38)
    readers_wait: ClassVar[bool] = False
    guards: ClassVar[tuple[str, ...]] = ("eventstore_no_update", "eventstore_log_delete", "eventstore_log_update")
    flush_guards: ClassVar[Mapping[str, str]] = {
        "eventstore_no_delete": "eventstore_events",
        "eventstore_no_stream_delete": "eventstore_streams",
    }

    def lock_streams(self, plan: AppendPlan) -> list[int]:
        """Write before reading: only a write takes SQLite's one lock, and waits for it."""
        names = [name.text for name in plan.streams]
        self.streams.filter(pk__in=names).update(version=F("version"))
        found = dict(self.streams.filter(pk__in=names).values_list("stream_id", "version"))
        return [found.get(name, 0) for name in names]

    def release_streams(self, plan: AppendPlan) -> None:
        """Nothing was created: the lock is on the whole database."""

    @property
    def read_time(self) -> Callable[[str], datetime]:
        """They are in the zone of the connection."""
        return time_reader(self.connection.timezone or UTC)

    def drawn_position(self) -> int:
        """Ask SQLite's own counter: the last events may have been erased."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'eventstore_events'")
            position: int | None = cursor.fetchone()[0]
        return position or 0

    def tally(self, table: str) -> Tally:
        """Take the positions that were given out for the number of events, where there are too many to count."""
        found = super().tally(table)
        if table != "eventstore_events" or found.precision is Precision.EXACT:
            return found
        return Tally(max(found.number, self.drawn_position()), Precision.ESTIMATED)

    def translate(self, error: Error, plan: AppendPlan | None) -> EventStoreError | None:
        """Go by SQLite's error codes; a missing table has none, so it is looked for."""
        cause = error.__cause__
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code in (_BUSY, _LOCKED):
            return TransactionAborted("Another connection is writing to this SQLite database: try again.")
        if code == _READONLY:
            return ReadOnlyDatabase(self.alias)
        if getattr(cause, "sqlite_errorcode", 0) == _CONSTRAINT_TRIGGER:
            return ImmutableEventError("Stored events can't be changed or removed; append a correcting event.")
        return self._missing_tables() if code == _ERROR else None

    def _missing_tables(self) -> NotMigrated | None:
        return None if self.is_migrated() else self.not_migrated()

    def open_erasure(self, erasure_id: int) -> None:
        """The open row of the erasure is the door."""

    def close_erasure(self) -> None:
        """The row is closed by whoever opened it."""

    def working_triggers(self) -> Collection[str]:
        """Look into the catalog; triggers can't be disabled here."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM sqlite_master "
                "WHERE type = 'trigger' AND tbl_name IN ('eventstore_events', 'eventstore_streams')"
            )
            return {name for (name,) in cursor.fetchall()}

    def is_test_database(self) -> bool:
        """Go by the name; what is in memory is a test database if a test runner made it."""
        return bool(self.connection.is_in_memory_db()) or super().is_test_database()  # type: ignore[attr-defined]  # of this engine only

    def allow_flush(self) -> None:
        """Drop the guards against DELETE: Django empties test tables with it."""
        with self.connection.cursor() as cursor:
            for guard in self.flush_guards:
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard}")
