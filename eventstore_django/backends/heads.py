"""The published watermark, in the words of the ORM: for databases with one writer at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db.models import F, Q
from django.db.models.functions import Greatest

if TYPE_CHECKING:
    from .base import Backend


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in the head row: all events up to ``position`` are settled."""

    position: int
    revision: int
    """Goes up with each operation on subscriptions: workers then look at what changed."""
    publishing: bool
    """Whether the caller is the one that publishes."""


def publish_with_orm(backend: Backend, caller: UUID, lease_seconds: float) -> Head:
    """Move the head to the watermark, if nobody else does; return the head."""
    heads = apps.get_model("eventstore", "LogHead")._base_manager.using(backend.alias)
    row = heads.filter(pk=1).first() or heads.get_or_create(pk=1)[0]
    revision = heads.filter(pk=2).values_list("revision", flat=True).first() or 0
    now = backend.now()
    lease = timedelta(seconds=lease_seconds)
    left = row.publisher_until - now if row.publisher_until else timedelta()
    if row.publisher not in (None, caller) and left > timedelta():
        return Head(row.position, revision, publishing=False)
    watermark = backend.watermark()
    if watermark > row.position or row.publisher != caller or left < lease / 2:
        free = Q(publisher=None) | Q(publisher=caller) | Q(publisher_until__lt=now)
        heads.filter(free, pk=1).update(
            position=Greatest(F("position"), watermark), publisher=caller, publisher_until=now + lease, updated_at=now
        )
        row.refresh_from_db(using=backend.alias)
    return Head(row.position, revision, row.publisher == caller)
