"""System checks: what would break a promise is told when Django starts, or with ``check --database``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.core.checks import register as register_check
from django.db import connections, router

from . import conf
from .backends import BACKENDS, Backend, backend_for


def register() -> None:
    """Register the checks of this module."""
    register_check(check_settings)
    register_check(check_time_zones)
    register_check(check_engines)
    register_check(check_databases, Tags.database)


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Look at the dict EVENTSTORE."""
    configured = conf.configured()
    if not isinstance(configured, dict):
        return [Error("EVENTSTORE must be a dict.", id="eventstore.E001")]
    return [*_unknown_keys(configured), *_wrong_values(configured)]


def check_time_zones(**kwargs: Any) -> list[CheckMessage]:
    """Ask for USE_TZ: without it Django gives back times without a time zone."""
    if settings.USE_TZ:
        return []
    return [
        Error(
            "The event store needs USE_TZ = True.",
            hint="Without it the times of events come back without a time zone.",
            id="eventstore.E004",
        )
    ]


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
    found: list[CheckMessage] = []
    for alias in databases or ():
        if alias in _aliases() and connections[alias].vendor in BACKENDS:
            found += _database_faults(backend_for(alias))
    return found


def _unknown_keys(configured: dict[str, Any]) -> Iterator[CheckMessage]:
    for key in sorted(set(configured) - set(conf.SETTINGS), key=str):
        known = ", ".join(sorted(conf.SETTINGS))
        yield Error(f"EVENTSTORE has the unknown key {key!r}.", hint=f"Known are {known}.", id="eventstore.E002")


def _wrong_values(configured: dict[str, Any]) -> Iterator[CheckMessage]:
    for key, setting in conf.SETTINGS.items():
        if key in configured and not setting.accepts(configured[key]):
            message = f"EVENTSTORE[{key!r}] must be {setting.must_be}, not {configured[key]!r}."
            yield Error(message, id="eventstore.E003")


def _aliases() -> list[str]:
    event = apps.get_model("eventstore", "Event")
    return [alias for alias in connections if router.allow_migrate_model(alias, event)]


def _database_faults(backend: Backend) -> Iterator[CheckMessage]:
    version = backend.server_version()
    if version < backend.minimum_version:
        needed, found = (".".join(map(str, parts)) for parts in (backend.minimum_version, version))
        message = f"Database {backend.alias!r} is {backend.name} {found}; the event store needs {needed} or later."
        yield Error(message, id="eventstore.E006")
    # Before the first migration there is nothing to look at.
    elif backend.is_migrated():
        for fault in backend.faults():
            yield Error(f"Database {backend.alias!r}: {fault}.", hint="See docs/positions.md.", id="eventstore.E007")
