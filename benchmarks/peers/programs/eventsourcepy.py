"""The library ``eventsource-py``: its store for PostgreSQL on SQLAlchemy and asyncpg."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

from eventsource import DomainEvent, register_event
from eventsource.adapters.postgresql.store import PostgreSQLEventStore
from eventsource.domain import StreamId
from eventsource.ports import ExpectedVersion, FeedReadOptions
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine

from .serving import PAGE, Configuration, serve


@register_event
class Deposited(DomainEvent):  # type: ignore[misc]  # not installed where types are checked
    """The payload, as fields."""

    event_type: str = "Deposited"
    aggregate_type: str = "Account"
    owner: str
    amount: str
    currency: str
    note: str
    items: list[int]
    confirmed: bool


class EventSource:
    """Its store; each work is one coroutine, so that the loop is entered once."""

    def __init__(self, configuration: Configuration) -> None:
        url = URL.create(
            "postgresql+asyncpg",
            username=configuration.user,
            password=configuration.password or None,
            database=configuration.dbname,
            query={"host": configuration.host, "port": configuration.port},
        )
        self._payload = configuration.payload
        self._store = PostgreSQLEventStore(create_async_engine(url), create_schema=True)
        self._loop = asyncio.new_event_loop()

    def create(self) -> None:
        """Make the tables: the store does at its first statement."""
        self._run(self._store.current_position())

    def append(self, stream: UUID, size: int, count: int) -> None:
        """Append, saying the expected version."""
        self._run(self._append(stream, size, count))

    def read(self, stream: UUID) -> int:
        """Read envelopes."""
        return int(self._run(self._read(stream)))

    def scan(self, count: int) -> int:
        """Read envelopes of its feed."""
        return int(self._run(self._scan(count)))

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)

    async def _append(self, stream: UUID, size: int, count: int) -> None:
        for version in range(0, count, size):
            events = [Deposited(aggregate_id=stream, **self._payload) for _ in range(size)]
            await self._store.append(StreamId(stream, "Account"), events, ExpectedVersion.exact(version))

    async def _read(self, stream: UUID) -> int:
        return len([envelope async for envelope in self._store.read_stream(StreamId(stream, "Account"))])

    async def _scan(self, count: int) -> int:
        found, position = 0, None
        while found < count:
            options = FeedReadOptions(limit=PAGE)
            page = [envelope async for envelope in self._store.read_all(position, options)]
            if not page:
                break
            found += len(page)
            position = page[-1].position
        return found


if __name__ == "__main__":
    serve(EventSource)
