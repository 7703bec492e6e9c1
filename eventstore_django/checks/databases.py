"""What a database must be to hold events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import connections, router

from ..backends import BACKENDS, Backend, backend_for


def check_engines(**kwargs: Any) -> list[CheckMessage]:
    """Refuse engines on which the promises can't be kept."""
    return [
        Error(
            f"The event store does not work on the engine of database {alias!r} ({connections[alias].vendor}).",
            hint="It needs row locks, a log order that readers can trust, and jsonb: PostgreSQL 15 or later, "
            "or SQLite 3.38 or later for tests. Send the app to such a database with DATABASE_ROUTERS.",
            id="eventstore.E005",
        )
        for alias in _aliases()
        if connections[alias].vendor not in BACKENDS
    ]


def check_databases(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Look into the databases themselves: version, and what the order promise stands on."""
    return [fault for backend in backends_of(databases) for fault in _faults(backend)]


def home_alias() -> str:
    """Return the database that the events are written to where none is named."""
    return router.db_for_write(apps.get_model("eventstore", "Event"))


def backends_of(databases: Sequence[str] | None) -> Iterator[Backend]:
    """Give those of the databases that may hold events, on an engine that can."""
    known = _aliases()
    for alias in databases or ():
        if alias in known and connections[alias].vendor in BACKENDS:
            yield backend_for(alias)


def is_recent(backend: Backend) -> bool:
    """Whether the server or library is new enough."""
    return backend.server_version() >= backend.minimum_version


def _aliases() -> list[str]:
    event = apps.get_model("eventstore", "Event")
    return [alias for alias in connections if router.allow_migrate_model(alias, event)]


def _faults(backend: Backend) -> Iterator[CheckMessage]:
    if not is_recent(backend):
        needed, found = (".".join(map(str, it)) for it in (backend.minimum_version, backend.server_version()))
        message = f"Database {backend.alias!r} is {backend.name} {found}; the event store needs {needed} or later."
        yield Error(message, id="eventstore.E006")
    # Before the first migration there is nothing to look at.
    elif backend.is_migrated():
        for fault in backend.faults():
            yield Error(f"Database {backend.alias!r}: {fault}.", hint="See docs/positions.md.", id="eventstore.E007")
