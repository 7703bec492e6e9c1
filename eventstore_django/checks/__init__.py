"""System checks: what would break a promise is told when Django starts, or with ``check --database``."""

from __future__ import annotations

from django.core.checks import Tags
from django.core.checks import register as register_check

from .databases import check_databases, check_engines
from .declarations import check_models, check_names
from .scopes import check_scope
from .settings import check_requests, check_settings, check_time_zones
from .subscriptions import check_subscriptions

__all__ = [
    "check_databases",
    "check_engines",
    "check_models",
    "check_names",
    "check_requests",
    "check_scope",
    "check_settings",
    "check_subscriptions",
    "check_time_zones",
    "register",
]


def register() -> None:
    """Register all checks of the event store."""
    settings = (check_settings, check_scope, check_time_zones, check_engines, check_requests)
    for check in (*settings, check_names, check_models):
        register_check(check)
    for check_with_database in (check_databases, check_subscriptions):
        register_check(check_with_database, Tags.database)
