"""The one way to change history: an erasure, with a reason, an actor and a line for every event it touched."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import router, transaction
from django.utils import timezone

from .backends import Backend, backend_for
from .encoding import JSONObject, Refused, decode, encode
from .exceptions import InvalidEvent
from .models import Erasure, Event, Snapshot
from .plans import check_correlation
from .snapshots import lock_streams

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .querysets import EventQuerySet

logger = logging.getLogger("eventstore_django.erasure")

_open: ContextVar[frozenset[str]] = ContextVar("eventstore_open_erasures", default=frozenset())


@dataclass(frozen=True, slots=True)
class OpenErasure:
    """What an open erasure can do, until its block ends."""

    alias: str
    erasure_id: int

    def remove(self, events: EventQuerySet) -> int:
        """Delete events, and the snapshots of their streams; return how many events went.

        Appends to these streams wait until the erasure ends.
        The versions and positions of what stays do not change; the stream's version neither.
        """
        self._remove_snapshots(events)
        # No signals and no cascade: Django's collector would load the events first.
        return self._selected(events)._raw_delete(self.alias)

    def redact(self, events: EventQuerySet, payload: JSONObject, metadata: JSONObject | None = None) -> int:
        """Replace the payload, and the metadata if given, of events; return how many there were.

        Snapshots of their streams are deleted: they were made of what went.
        """
        changes = {"payload": _stored("payload", payload)}
        if metadata is not None:
            changes["metadata"] = _stored("metadata", metadata, check_correlation)
        self._remove_snapshots(events)
        return self._selected(events).update(**changes)

    def _selected(self, events: EventQuerySet) -> QuerySet[Event]:
        positions = events.using(self.alias).order_by().values("position")
        return Event._base_manager.using(self.alias).filter(position__in=positions)

    def _remove_snapshots(self, events: EventQuerySet) -> None:
        streams = events.using(self.alias).order_by().values("stream_id")
        # Locked first: a snapshot that is being saved would be seen by no DELETE, and stay.
        lock_streams(backend_for(self.alias), streams)
        Snapshot._base_manager.using(self.alias).filter(stream_id__in=streams).delete()


@contextmanager
def erasure(*, reason: str, actor: str, using: str | None = None) -> Iterator[OpenErasure]:
    """Open the door to stored events for one block, which is one transaction.

    ``reason`` and ``actor`` are kept in ``Erasure``, and each event that was removed or changed in
    ``ErasedEvent``, written by the database itself. Nothing stays if the block raises. A second one
    inside of it is a ValueError.
    """
    if not reason.strip() or not actor.strip():
        raise ValueError("An erasure needs a reason and an actor.")
    alias = using or router.db_for_write(Event)
    if alias in _open.get():
        raise ValueError(f"An erasure is open already in database {alias!r}: use that one.")
    backend = backend_for(alias)
    token = _open.set(_open.get() | {alias})
    try:
        with backend.translated(), _opened(backend, reason, actor) as door:
            yield door
    finally:
        _open.reset(token)


@contextmanager
def _opened(backend: Backend, reason: str, actor: str) -> Iterator[OpenErasure]:
    alias = backend.alias
    with transaction.atomic(using=alias):
        record = Erasure.objects.using(alias).create(reason=reason, actor=actor)
        backend.open_erasure(record.pk)
        logger.warning("Erasure %s opened by %s: %s", record.pk, actor, reason)
        yield OpenErasure(alias, record.pk)
        backend.close_erasure()
        record.closed_at = timezone.now()
        record.save(using=alias, update_fields=["closed_at"])
    logger.warning("Erasure %s closed: %s events", record.pk, record.events.using(alias).count())


def _stored(field: str, value: JSONObject, check: Callable[[JSONObject], None] = lambda _: None) -> JSONObject:
    try:
        stored = decode(encode(value))
    except Refused as refused:
        raise InvalidEvent(refused.reason, path=refused.within(field).path) from None
    try:
        check(stored)
    except Refused as refused:
        raise InvalidEvent(refused.reason, path=refused.path) from None
    return stored
