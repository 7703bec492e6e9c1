"""What a project's settings must say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections

from .. import conf
from ..backends import backend_for
from ..exceptions import UnsupportedDatabase
from .databases import home_alias


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


def check_requests(**kwargs: Any) -> list[CheckMessage]:
    """Warn of a transaction around each request: readers wait for those that have appended."""
    alias = home_alias()
    if not connections[alias].settings_dict.get("ATOMIC_REQUESTS") or not _readers_wait(alias):
        return []
    return [
        Warning(
            f"ATOMIC_REQUESTS is on for database {alias!r}, where the events are.",
            hint="A slow request that has appended holds back every reader of the global order until it ends (see "
            "docs/positions.md). Decorate views that append with transaction.non_atomic_requests, or append last.",
            id="eventstore.W002",
        )
    ]


def _readers_wait(alias: str) -> bool:
    try:
        return backend_for(alias).readers_wait
    except UnsupportedDatabase:
        return False  # another check tells


def _unknown_keys(configured: dict[str, Any]) -> Iterator[CheckMessage]:
    for key in sorted(set(configured) - set(conf.SETTINGS), key=str):
        known = ", ".join(sorted(conf.SETTINGS))
        yield Error(f"EVENTSTORE has the unknown key {key!r}.", hint=f"Known are {known}.", id="eventstore.E002")


def _wrong_values(configured: dict[str, Any]) -> Iterator[CheckMessage]:
    for key, setting in conf.SETTINGS.items():
        if key in configured and not setting.accepts(configured[key]):
            message = f"EVENTSTORE[{key!r}] must be {setting.must_be}, not {configured[key]!r}."
            yield Error(message, id="eventstore.E003")
