"""``EventStore`` of this project, on a connection with Django's defaults or with the recommended options."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django
from django.conf import settings
from django.core.management import call_command

from .djangodatabase import database
from .serving import PAGE, Configuration, serve

# docs/databases.md recommends these.
_RECOMMENDED = {"server_side_binding": True, "prepare_threshold": 1}


class Own:
    """The public API, everything on."""

    def __init__(self, configuration: Configuration) -> None:
        options = _RECOMMENDED if configuration.options["connection"] == "recommended" else {}
        settings.configure(
            DATABASES={"default": {**database(configuration), "OPTIONS": options}},
            INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "eventstore_django"],
            USE_TZ=True,
        )
        django.setup()
        from eventstore_django import EventStore, NewEvent

        self._payload = configuration.payload
        self._event: Any = NewEvent
        self._store = EventStore()

    def create(self) -> None:
        """Migrate."""
        call_command("migrate", verbosity=0)

    def append(self, stream: UUID, size: int, count: int) -> None:
        """Append, saying the expected version."""
        for version in range(0, count, size):
            events = [self._event("Deposited", self._payload) for _ in range(size)]
            self._store.append(f"Account-{stream}", events, expected_version=version)

    def read(self, stream: UUID) -> int:
        """Read with ``get_events``."""
        return len(self._store.get_events(f"Account-{stream}"))

    def scan(self, count: int) -> int:
        """Read with ``get_all_events``, settled events only."""
        found, position = 0, 1
        while found < count and (page := self._store.get_all_events(position, limit=PAGE)):
            found += len(page)
            position = page[-1].position + 1
        return found


if __name__ == "__main__":
    serve(Own)
