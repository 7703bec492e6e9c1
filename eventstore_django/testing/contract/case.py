"""What every part of the contract needs: the database under test, and events to write to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db import connections
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from ... import conf
from ...events import NewEvent, RecordedEvent
from ...models import Event, Stream
from ...querysets import EventQuerySet
from ...store import EventStore


class ContractCase:
    """The database under test, and how it may differ from others."""

    using: ClassVar[str]
    """Name of the connection in ``DATABASES``."""

    refuses_raw_delete: ClassVar[bool] = True
    """Whether the guard against DELETE stands in a test database too.

    False where ``flush`` empties tables with DELETE, so that test databases have a door there.
    """

    append_queries: ClassVar[int] = 10
    """Statements that an append of one event may take inside a transaction."""

    @property
    def store(self) -> EventStore:
        """A store on the database under test."""
        return EventStore(using=self.using)

    @property
    def events(self) -> EventQuerySet:
        """The stored events, as a queryset."""
        events: EventQuerySet = Event.objects.using(self.using)
        return events

    def captured(self) -> CaptureQueriesContext:
        """Record the statements that a block sends to the database."""
        return CaptureQueriesContext(connections[self.using])

    @contextmanager
    def nothing_sent(self) -> Iterator[None]:
        """Demand that a block sends nothing to the database."""
        with self.captured() as queries:
            yield
        assert [query["sql"] for query in queries.captured_queries] == []

    @contextmanager
    def configured(self, **values: Any) -> Iterator[None]:
        """Change keys of ``EVENTSTORE`` for a block, keep the others."""
        with override_settings(EVENTSTORE={**conf.configured(), **values}):
            yield

    def next_position(self) -> int:
        """A position below those that the test is going to write, above those that are there."""
        return self.store.head_position() + 1

    def has_stream_row(self, stream_id: str) -> bool:
        """Whether a row was made for a stream, with events or without."""
        return Stream._base_manager.using(self.using).filter(pk=stream_id).exists()

    def stream_row(self, stream_id: str) -> dict[str, Any]:
        """What the row of a stream holds."""
        row = Stream._base_manager.using(self.using).filter(pk=stream_id).values().get()
        return dict(row)


def noted(number: int = 1, **fields: Any) -> NewEvent:
    """Return an event to append; ``fields`` are those of NewEvent."""
    return NewEvent("Noted", {"number": number}, **fields)


def several(count: int) -> list[NewEvent]:
    """Return events to append, numbered from 1."""
    return [noted(number) for number in range(1, count + 1)]


def numbers(events: list[RecordedEvent] | tuple[RecordedEvent, ...]) -> list[int]:
    """Return the numbers of events that ``noted`` made."""
    return [event.payload["number"] for event in events]
