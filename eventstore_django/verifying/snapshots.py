"""Snapshots, held against the versions of their streams."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from ..backends import Backend
from .findings import Finding
from .kinds import Kind


def snapshots_ahead(backend: Backend, condition: Q) -> Iterator[Finding]:
    """Give the snapshots of versions that their streams do not have: no replay would lead to them."""
    version = Subquery(backend.streams.filter(pk=OuterRef("stream_id")).values("version"))
    rows = backend.snapshots.filter(condition).annotate(there=Coalesce(version, 0)).filter(version__gt=F("there"))
    for stream, ahead, there in rows.order_by("stream_id", "version").values_list("stream_id", "version", "there"):
        text = f"Stream {stream!r}: it has a snapshot of version {ahead}, and is at version {there} itself."
        yield Finding(Kind.SNAPSHOT, text, stream, ahead)
