"""The library ``eventsourcing``: its event store, JSON mapper and recorder, as its applications put them together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import DatetimeAsISO, DecimalAsStr, InfrastructureFactory, UUIDAsHex
from eventsourcing.utils import Environment

from .serving import PAGE, Configuration, serve


class Deposited(DomainEvent):  # type: ignore[misc]  # not installed where types are checked
    """The payload, as fields."""

    owner: str
    amount: str
    currency: str
    note: str
    items: list[int]
    confirmed: bool


class EventSourcing:
    """An event store of the factory that the environment names."""

    def __init__(self, configuration: Configuration, environment: dict[str, str]) -> None:
        self._environment = environment
        self._payload = configuration.payload
        self._opened: tuple[Any, Any, Any] | None = None

    def create(self) -> None:
        """Make the tables: the recorder does when it is constructed."""
        self._parts()

    def append(self, stream: UUID, size: int, count: int) -> None:
        """Put domain events; the version of an event is what is expected."""
        store, _, _ = self._parts()
        for first in range(1, count + 1, size):
            store.put([self._deposited(stream, version) for version in range(first, first + size)])

    def read(self, stream: UUID) -> int:
        """Get domain events."""
        return len(list(self._parts()[0].get(stream)))

    def scan(self, count: int) -> int:
        """Select notifications and map them to domain events."""
        _, recorder, mapper = self._parts()
        found, last = 0, 0
        while found < count and (page := recorder.select_notifications(last + 1, PAGE)):
            found += len([mapper.to_domain_event(notification) for notification in page])
            last = page[-1].id
        return found

    def _deposited(self, stream: UUID, version: int) -> Any:
        return Deposited(
            originator_id=stream,
            originator_version=version,
            timestamp=DomainEvent.create_timestamp(),
            **self._payload,
        )

    def _parts(self) -> tuple[Any, Any, Any]:
        # Late: the tables of the Django app are migrated before its recorder is used.
        if self._opened is None:
            factory: Any = InfrastructureFactory.construct(Environment("peers", self._environment))
            transcoder = factory.transcoder()
            for transcoding in (UUIDAsHex(), DecimalAsStr(), DatetimeAsISO()):
                transcoder.register(transcoding)
            recorder, mapper = factory.application_recorder(), factory.mapper(transcoder=transcoder)
            self._opened = factory.event_store(mapper=mapper, recorder=recorder), recorder, mapper
        return self._opened


def _open(configuration: Configuration) -> EventSourcing:
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": configuration.dbname,
        "POSTGRES_HOST": configuration.host,
        "POSTGRES_PORT": configuration.port,
        "POSTGRES_USER": configuration.user,
        # The library insists on one, the server may not.
        "POSTGRES_PASSWORD": configuration.password or "none",
        "POSTGRES_ENABLE_DB_FUNCTIONS": configuration.options["functions"],
    }
    return EventSourcing(configuration, environment)


if __name__ == "__main__":
    serve(_open)
