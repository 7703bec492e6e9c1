"""Which version of a subscription's read model is in use."""

from __future__ import annotations

from django.apps import apps
from django.db import router


def live_version(name: str, *, using: str | None = None) -> int:
    """Return the version of a durable subscription that is in use: 1 until it was rebuilt.

    What reads a ``versioned`` read model reads the rows, or the table, of this version.
    """
    alias = using or router.db_for_write(apps.get_model("eventstore", "Event"))
    rows = apps.get_model("eventstore", "Subscription")._base_manager.using(alias).filter(pk=name)
    version: int | None = rows.values_list("version", flat=True).first()
    return version or 1
