"""Letting all workers know that something other than the log has changed."""

from __future__ import annotations

from django.db.models import F

from ..backends import backend_for
from ..models import LogHead
from .transactions import bookkeeping


def changed(alias: str) -> None:
    """Raise the revision beside the head, which every worker sees at its next look; wake them when it commits."""
    # Every worker and operator comes by this row.
    with bookkeeping(alias):
        heads = LogHead.objects.using(alias)
        heads.get_or_create(pk=LogHead.CHANGES)
        heads.filter(pk=LogHead.CHANGES).update(revision=F("revision") + 1)
        backend_for(alias).tell_workers()
