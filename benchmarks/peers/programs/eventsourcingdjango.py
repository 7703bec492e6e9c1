"""The library ``eventsourcing`` with the recorders of ``eventsourcing-django``."""

from __future__ import annotations

import django
from django.conf import settings
from django.core.management import call_command

from .djangodatabase import database
from .pyeventsourcing import EventSourcing
from .serving import Configuration, serve


class EventSourcingDjango(EventSourcing):
    """The same event store; its tables are models."""

    def __init__(self, configuration: Configuration) -> None:
        settings.configure(
            DATABASES={"default": database(configuration)}, INSTALLED_APPS=["eventsourcing_django"], USE_TZ=True
        )
        django.setup()
        super().__init__(configuration, {"PERSISTENCE_MODULE": "eventsourcing_django"})

    def create(self) -> None:
        """Migrate."""
        call_command("migrate", verbosity=0)


if __name__ == "__main__":
    serve(EventSourcingDjango)
