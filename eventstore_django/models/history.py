"""The tables of what happened: streams, events, snapshots, and what was erased."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils import timezone

from ..events import RECORDED_FIELDS, RecordedEvent
from ..eventtypes.limits import MAX_EVENT_TYPE_LENGTH
from ..exceptions import ImmutableEventError
from ..managers import EventManager, StoredManager
from ..names import MAX_LENGTH
from .storedjson import StoredJSON


class Stream(models.Model):
    """A stream and its version: the row that an append locks."""

    stream_id = models.CharField(primary_key=True, max_length=MAX_LENGTH)
    version = models.BigIntegerField(default=0)
    category = models.CharField(max_length=MAX_LENGTH)
    partition = models.CharField(max_length=MAX_LENGTH, null=True, blank=True)  # noqa: DJ001  # None: no tenant
    aggregate_type = models.CharField(max_length=MAX_LENGTH)
    aggregate_id = models.CharField(max_length=MAX_LENGTH)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = StoredManager()

    class Meta:
        db_table = "eventstore_streams"
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(condition=Q(version__gte=0), name="eventstore_stream_version")
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["category", "stream_id"], name="eventstore_stream_category"),
            Index(
                fields=["partition", "category", "stream_id"],
                condition=Q(partition__isnull=False),
                name="eventstore_stream_tenant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream_id} at {self.version}"


class Event(models.Model):
    """A stored event. It can be read and related to, never changed."""

    position = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField()
    stream = models.ForeignKey(
        Stream, on_delete=models.PROTECT, related_name="events", db_constraint=False, db_index=False
    )
    category = models.CharField(max_length=MAX_LENGTH)
    partition = models.CharField(max_length=MAX_LENGTH, null=True, blank=True)  # noqa: DJ001  # None: no tenant
    aggregate_id = models.CharField(max_length=MAX_LENGTH)
    aggregate_type = models.CharField(max_length=MAX_LENGTH)
    event_type = models.CharField(max_length=MAX_EVENT_TYPE_LENGTH)
    event_version = models.BigIntegerField()
    schema_version = models.IntegerField(default=1)
    payload = StoredJSON(db_column="event_data")
    metadata = StoredJSON(default=dict)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = EventManager()

    class Meta:
        db_table = "eventstore_events"
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["stream", "event_version"], name="eventstore_event_version"),
            UniqueConstraint(fields=["event_id", "stream"], name="eventstore_event_id"),
            CheckConstraint(condition=Q(event_version__gte=1), name="eventstore_event_version_from_1"),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["category", "position"], name="eventstore_event_category"),
            Index(fields=["event_type", "position"], name="eventstore_event_type"),
            Index(
                fields=["partition", "position"],
                condition=Q(partition__isnull=False),
                name="eventstore_event_partition",
            ),
            Index(
                fields=["partition", "event_type", "position"],
                condition=Q(partition__isnull=False),
                name="eventstore_event_tenant_type",
            ),
            Index(fields=["aggregate_id", "position"], name="eventstore_event_aggregate"),
            Index(fields=["aggregate_type", "position"], name="eventstore_event_agg_type"),
            Index(fields=["occurred_at"], name="eventstore_event_occurred"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} ({self.stream_id} {self.event_version})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: events come into being by ``append`` and never change."""
        raise ImmutableEventError("save() refused: events are written by append() and never changed.")

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: stored events are facts."""
        raise ImmutableEventError("delete() refused: stored events can't be removed; append a correcting event.")

    def recorded(self) -> RecordedEvent:
        """Return this event as the value that the store's readers get."""
        return RecordedEvent(*(getattr(self, field) for field in RECORDED_FIELDS))


class Snapshot(models.Model):
    """The state of an aggregate at a version of its stream."""

    stream_id = models.CharField(max_length=MAX_LENGTH)
    aggregate_id = models.CharField(max_length=MAX_LENGTH)
    aggregate_type = models.CharField(max_length=MAX_LENGTH)
    version = models.BigIntegerField()
    schema_version = models.IntegerField(default=1)
    data = StoredJSON()
    created_at = models.DateTimeField(default=timezone.now)

    objects = StoredManager()

    class Meta:
        db_table = "eventstore_snapshots"
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["stream_id", "version"], name="eventstore_snapshot_version"),
            CheckConstraint(condition=Q(version__gte=1), name="eventstore_snapshot_version_from_1"),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["aggregate_id", "aggregate_type", "version"], name="eventstore_snapshot_aggregate")
        ]

    def __str__(self) -> str:
        return f"{self.stream_id} at {self.version}"


class Erasure(models.Model):
    """One opening of the door for erasure: who, when and why."""

    reason = models.TextField()
    actor = models.TextField()
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "eventstore_erasures"

    def __str__(self) -> str:
        return f"{self.reason} ({self.actor})"


class ErasedEvent(models.Model):
    """An event that an erasure removed or changed. Written by the database's own trigger."""

    erasure = models.ForeignKey(
        Erasure, on_delete=models.PROTECT, related_name="events", db_constraint=False, db_index=False
    )
    position = models.BigIntegerField()
    event_version = models.BigIntegerField()
    event_id = models.UUIDField()
    stream_id = models.CharField(max_length=MAX_LENGTH)
    event_type = models.CharField(max_length=MAX_EVENT_TYPE_LENGTH)
    operation = models.CharField(max_length=6)

    class Meta:
        db_table = "eventstore_erased_events"
        indexes: ClassVar[list[Index]] = [Index(fields=["stream_id", "event_version"], name="eventstore_erased_stream")]

    def __str__(self) -> str:
        return f"{self.operation} {self.stream_id} {self.event_version}"
