"""The manager of events: appends, guarded by a lock on the stream's row, beside the queryset's reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import router
from django.db.models import Manager

from .appending import append_operations
from .instances import EventLike
from .operations import AppendOperation, AppendResult
from .querysets import EventQuerySet, StoredQuerySet
from .twins import async_twin
from .versions import ANY, ExpectedVersionLike

if TYPE_CHECKING:
    from .models import Event  # noqa: F401  # the parameter of Manager, for the type checker


class StoredManager(Manager.from_queryset(StoredQuerySet)):  # type: ignore[misc]
    """Streams and snapshots: see ``StoredQuerySet``."""


class EventManager(Manager.from_queryset(EventQuerySet)):  # type: ignore[misc]
    """``Event.objects``: append and read.

    An append locks the row of the stream (``select_for_update``), compares the version there with
    the expected one, and writes; on PostgreSQL in one round trip.
    """

    def append(
        self, stream_id: str, events: Iterable[EventLike], expected_version: ExpectedVersionLike = ANY
    ) -> AppendResult:
        """Append events to one stream. See ``EventStore.append``."""
        return self.append_batch([AppendOperation(stream_id, events, expected_version)])[0]  # type: ignore[arg-type]

    def append_batch(self, operations: Sequence[AppendOperation]) -> list[AppendResult]:
        """Append to several streams, all or nothing. See ``EventStore.append_batch``."""
        return append_operations(self._db or router.db_for_write(self.model), operations)

    aappend = async_twin(append)
    aappend_batch = async_twin(append_batch)
