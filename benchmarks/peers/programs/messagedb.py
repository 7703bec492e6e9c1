"""message-db: its functions, called through psycopg on an autocommit connection."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from .serving import PAGE, Configuration, serve

# The order of its install.sh; roles and privileges left out, and pgcrypto, whose function PostgreSQL has by itself.
_FILES = (
    "schema/message-store.sql",
    "tables/messages.sql",
    "types/message.sql",
    "functions/message-store-version.sql",
    "functions/hash-64.sql",
    "functions/acquire-lock.sql",
    "functions/category.sql",
    "functions/is-category.sql",
    "functions/id.sql",
    "functions/cardinal-id.sql",
    "functions/stream-version.sql",
    "functions/write-message.sql",
    "functions/get-stream-messages.sql",
    "functions/get-category-messages.sql",
    "functions/get-last-stream-message.sql",
    "indexes/messages-id.sql",
    "indexes/messages-stream.sql",
    "indexes/messages-category.sql",
)
_WRITE = "SELECT write_message(%s, %s, %s, %s::jsonb, %s::jsonb, %s)"
_READ = "SELECT * FROM get_stream_messages(%s, 0, -1)"
_PAGE = "SELECT * FROM get_category_messages('account', %s, %s)"


class MessageDB:
    """One connection with the search path that its functions expect."""

    def __init__(self, configuration: Configuration) -> None:
        access = {name: getattr(configuration, name) for name in ("host", "port", "user", "password", "dbname")}
        self._sql = Path(configuration.options["sql"])
        self._payload = configuration.payload
        self._connection: psycopg.Connection[Any] = psycopg.connect(
            **access, autocommit=True, options="-c search_path=message_store,public"
        )
        self._cursor = self._connection.cursor()

    def create(self) -> None:
        """Run its files."""
        for name in _FILES:
            self._cursor.execute((self._sql / name).read_bytes())

    def append(self, stream: UUID, size: int, count: int) -> None:
        """Write a message a call; a batch is a transaction around a pipeline of calls."""
        for first in range(0, count, size):
            rows = [self._message(stream, version) for version in range(first, first + size)]
            if size == 1:
                self._cursor.execute(_WRITE, rows[0]).fetchone()
            else:
                with self._connection.transaction():
                    self._cursor.executemany(_WRITE, rows)

    def read(self, stream: UUID) -> int:
        """Get a stream's messages, all at once."""
        return len(self._decoded(self._cursor.execute(_READ, (f"account-{stream}",))))

    def scan(self, count: int) -> int:
        """Get the messages of the one category that there is: it can't read across categories."""
        found, position = 0, 1
        while found < count and (page := self._decoded(self._cursor.execute(_PAGE, (position, PAGE)))):
            found += len(page)
            position = page[-1][4] + 1
        return found

    def _message(self, stream: UUID, version: int) -> tuple[Any, ...]:
        # Encoded for each event, as a client does.
        return str(uuid4()), f"account-{stream}", "Deposited", json.dumps(self._payload), "{}", version - 1

    @staticmethod
    def _decoded(cursor: psycopg.Cursor[Any]) -> list[tuple[Any, ...]]:
        return [(*row[:5], json.loads(row[5]), json.loads(row[6]), row[7]) for row in cursor.fetchall()]


if __name__ == "__main__":
    serve(MessageDB)
