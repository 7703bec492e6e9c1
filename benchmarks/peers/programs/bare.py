"""The floor: the table of ``benchmarks.floor``; a batch is one COPY."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from benchmarks import floor

from .serving import PAGE, Configuration, serve


class Bare:
    """One connection, one cursor, prepared statements."""

    def __init__(self, configuration: Configuration) -> None:
        access = {name: getattr(configuration, name) for name in ("host", "port", "user", "password", "dbname")}
        self._cursor: psycopg.Cursor[Any] = psycopg.connect(**access, autocommit=True).cursor()

    def create(self) -> None:
        """Make the table, and the index by position that a scan needs."""
        self._cursor.execute(floor.TABLE)
        self._cursor.execute("CREATE INDEX bare_position ON bare_events (position)")

    def append(self, stream: UUID, size: int, count: int) -> None:
        """Insert one by one, or copy batches."""
        for first in range(1, count + 1, size):
            if size == 1:
                floor.insert(self._cursor, str(stream), first)
            else:
                floor.copy(self._cursor, str(stream), range(first, first + size))

    def read(self, stream: UUID) -> int:
        """Select by stream."""
        return len(floor.read(self._cursor, str(stream)))

    def scan(self, count: int) -> int:
        """Select by position, which would lose events under concurrent writers."""
        found, position = 0, 0
        while found < count and (page := floor.read_page(self._cursor, position)):
            found += len(page)
            position = page[-1][0]
        return found


assert PAGE == 1000  # written into the statement of floor.read_page
if __name__ == "__main__":
    serve(Bare)
