"""System checks: what would break a promise is told when Django starts, or with ``check --database``."""

from __future__ import annotations

from django.core.checks import Tags
from django.core.checks import register as register_check

from .databases import check_databases, check_engines
from .declarations import check_models, check_names
from .eventtypes import check_event_types, check_upcasters
from .settings import check_requests, check_settings, check_time_zones
from .subscriptions import check_subscriptions

__all__ = [
    "check_databases",
    "check_engines",
    "check_event_types",
    "check_models",
    "check_names",
    "check_requests",
    "check_settings",
    "check_subscriptions",
    "check_time_zones",
    "check_upcasters",
    "register",
]


def register() -> None:
    """Register all checks of the event store."""
    for check in (check_settings, check_time_zones, check_engines, check_requests):
        register_check(check)
    for check_declared in (check_names, check_models, check_event_types, check_upcasters):
        register_check(check_declared)
    for check_with_database in (check_databases, check_subscriptions):
        register_check(check_with_database, Tags.database)
