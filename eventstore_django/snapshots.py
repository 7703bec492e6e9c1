"""Snapshots in the database: written one at a time for each stream, found by aggregate or by stream."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from . import conf
from .aggregates.snapshots import AggregateSnapshot
from .backends import Backend, backend_for
from .backends.statements import LAST_SNAPSHOT
from .encoding import Undecodable, text_fault
from .exceptions import AmbiguousAggregate, UndecodableSnapshot
from .names import StreamName, plain
from .signals import snapshot_saved

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .models import Snapshot


logger = logging.getLogger("eventstore_django.snapshots")

_NO_LIMIT = 2**63 - 1
_COLUMNS = ("aggregate_id", "aggregate_type", "version", "data", "schema_version", "created_at")


class Wanted(NamedTuple):
    """An aggregate, as far as the caller has named it."""

    aggregate_id: str
    aggregate_type: str | None = None
    partition: str | None = None
    stream_id: str | None = None

    def matches(self, stream_id: str) -> bool:
        """Whether a stream is of the wanted partition."""
        return self.partition is None or StreamName.parse(stream_id).partition == self.partition


def write_snapshot(alias: str, snapshot: AggregateSnapshot) -> AggregateSnapshot:
    """Store a snapshot, or replace the one of the same version; remove those that are not to be kept."""
    stored = replace(snapshot, data=snapshot.stored_data(), created_at=timezone.now())
    backend = backend_for(alias)
    with backend.translated(), transaction.atomic(using=alias):
        lock_streams(backend, [stored.stream_id])
        _replace(backend, stored)
        _prune(backend, stored)
    tell = partial(_tell, alias, stored)
    if backend.connection.in_atomic_block:
        transaction.on_commit(tell, using=alias, robust=True)
    elif not backend.in_transaction():
        tell()
    return stored


def lock_streams(backend: Backend, stream_ids: Any) -> None:
    """Let nobody else write snapshots of these streams, or erase their events, until the transaction ends.

    Takes a list of names, or a query for them.
    """
    rows = backend.streams.filter(pk__in=stream_ids).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def find_snapshot(alias: str, wanted: Wanted, max_version: int | None = None) -> AggregateSnapshot | None:
    """Return the last snapshot of an aggregate.

    Raise AmbiguousAggregate if several may be meant, UndecodableSnapshot if it can't be decoded.
    """
    backend = backend_for(alias)
    with backend.translated():
        stream_ids = _stream_ids(backend, wanted)
    if len(stream_ids) > 1:
        raise AmbiguousAggregate(wanted.aggregate_id, stream_ids)
    return last_snapshot(alias, stream_ids[0], max_version) if stream_ids else None


def last_snapshot(alias: str, stream_id: str, max_version: int | None = None) -> AggregateSnapshot | None:
    """Return the last snapshot of a stream, up to a version if one is given. Raise UndecodableSnapshot."""
    backend = backend_for(alias)
    rows: QuerySet[Snapshot] = backend.snapshots.filter(stream_id=stream_id).order_by("-version")
    if max_version is not None:
        rows = rows.filter(version__lte=max_version)
    with backend.translated():
        row = rows.first()
    return None if row is None else _snapshot(row)


def last_readable(alias: str, stream_id: str, max_version: int | None = None) -> AggregateSnapshot | None:
    """Return the same, but pass over those that can't be decoded."""
    while True:
        try:
            return last_snapshot(alias, stream_id, max_version)
        except UndecodableSnapshot as error:
            max_version = _passed_over(error)


def version_and_snapshot(
    alias: str, stream_id: str, max_version: int | None = None
) -> tuple[int, AggregateSnapshot | None]:
    """Return the version of a stream, 0 for none, and its last snapshot, in one round trip and as of one moment.

    One that can't be decoded is passed over: that takes another.
    """
    backend = backend_for(alias)
    highest = _NO_LIMIT if max_version is None else max_version
    try:
        with backend.translated():
            rows = list(backend.snapshots.raw(LAST_SNAPSHOT, [highest, stream_id]))
    except Exception as error:  # each driver has its own for a time that it can't read
        if not backend.is_misread(error):
            raise
        version = backend.streams.filter(pk=stream_id).values_list("version", flat=True).first() or 0
        return version, last_readable(alias, stream_id, max_version)
    if not rows:
        return 0, None
    row = rows[0]
    try:
        return row.stream_version, None if row.pk is None else _snapshot(row)
    except UndecodableSnapshot as error:
        return row.stream_version, last_readable(alias, stream_id, _passed_over(error))


def remove_snapshots_above(alias: str, stream_id: str, version: int) -> None:
    """Remove the snapshots of a stream that are ahead of it."""
    backend = backend_for(alias)
    with backend.translated():
        backend.snapshots.filter(stream_id=stream_id, version__gt=version).delete()


def has_erasures(backend: Backend, stream_id: str, version: int) -> bool:
    """Whether events of a stream, up to a version, were removed or changed."""
    lines = apps.get_model("eventstore", "ErasedEvent")._base_manager.using(backend.alias)
    return bool(lines.filter(stream_id=stream_id, event_version__lte=version).exists())


def _stream_ids(backend: Backend, wanted: Wanted) -> list[str]:
    texts = [text for text in wanted if text is not None]
    if any(text_fault(text) for text in texts):
        return []  # what can't be stored can't be found
    rows = backend.snapshots.filter(aggregate_id=wanted.aggregate_id)
    if wanted.aggregate_type is not None:
        rows = rows.filter(aggregate_type=wanted.aggregate_type)
    if wanted.stream_id is not None:
        rows = rows.filter(stream_id=wanted.stream_id)
    if wanted.partition is not None:
        rows = rows.filter(stream_id__startswith=f"{plain(wanted.partition)}/")
    names = rows.order_by("stream_id").values_list("stream_id", flat=True).distinct()
    return [name for name in names if wanted.matches(name)]


def _passed_over(error: UndecodableSnapshot) -> int:
    logger.warning("A snapshot can't be read: ignored (%s)", error)
    return error.version - 1


def _snapshot(row: Snapshot) -> AggregateSnapshot:
    for part in (row.data, row.created_at):
        if isinstance(part, Undecodable):
            raise UndecodableSnapshot(row.stream_id, row.version, part.reason)
    if row.created_at is None:
        # SQLite's driver says no more; the column has none.
        raise UndecodableSnapshot(row.stream_id, row.version, "created_at can't be decoded")
    return AggregateSnapshot(**{name: getattr(row, name) for name in _COLUMNS}, stream_id=row.stream_id)


def _replace(backend: Backend, snapshot: AggregateSnapshot) -> None:
    keys = ("stream_id", "version")
    fields = [name for name in _COLUMNS if name not in keys]
    row = backend.snapshots.model(**{name: getattr(snapshot, name) for name in (*keys, *fields)})
    # Replaced, not kept: the one that is there may be of another schema version, or of erased events.
    backend.snapshots.bulk_create([row], update_conflicts=True, unique_fields=keys, update_fields=fields)


def _prune(backend: Backend, snapshot: AggregateSnapshot) -> None:
    kept = conf.snapshots_kept()
    if kept is None:
        return
    # Those above this version do not count: they may be ahead of the stream, and would push out the good ones.
    rows = backend.snapshots.filter(stream_id=snapshot.stream_id, version__lte=snapshot.version)
    surplus = rows.order_by("-version").values_list("version", flat=True)[kept : kept + 1]
    if versions := list(surplus):
        rows.filter(version__lte=versions[0]).delete()


def _tell(alias: str, snapshot: AggregateSnapshot) -> None:
    snapshot_saved.send_robust(apps.get_model("eventstore", "Snapshot"), snapshot=snapshot, using=alias)
