"""The app: its label, its system checks, and what it does after a migration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

EVENT_TYPES = "event_types"
"""The module of an app whose event types and upcasters are found at start."""

AGGREGATES = "aggregates"
"""The module of an app whose aggregates and deciders are found at start."""


class EventStoreConfig(AppConfig):
    """The event store as a Django app. The label names its permissions and migrations, for ever."""

    name = "eventstore_django"
    label = "eventstore"
    verbose_name = "Event store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Find event types, aggregates and subscriptions, register the checks and what follows signals."""
        from . import checks
        from .cache.erasures import drop_erased
        from .signals import events_erased
        from .subscriptions.discovery import autodiscover
        from .testdatabases import allow_flush_in_tests

        autodiscover_modules(EVENT_TYPES, AGGREGATES)
        autodiscover()
        checks.register()
        events_erased.connect(drop_erased, dispatch_uid="eventstore.drop_erased")
        post_migrate.connect(allow_flush_in_tests, sender=self, dispatch_uid="eventstore.allow_flush_in_tests")
