"""The tables of what follows the log: subscriptions, their shards, who works on them, what was parked."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Index, Q, Sum, UniqueConstraint
from django.utils import timezone

from ..eventtypes.limits import MAX_EVENT_TYPE_LENGTH
from ..names import MAX_LENGTH
from ..subscriptions.declarations import MAX_NAME_LENGTH


class LogHead(models.Model):
    """The published watermark with who publishes it; how often operators changed something; samples of lag.

    Three rows, so that an operator's transaction that stays open does not hold up the publication. ``samples``
    of the third is how far behind subscriptions were in the last minutes (``workers.sampling``).
    """

    ROW = 1
    CHANGES = 2
    SAMPLES = 3

    id = models.SmallIntegerField(primary_key=True, default=ROW)
    position = models.BigIntegerField(default=0)
    publisher = models.UUIDField(null=True)
    publisher_until = models.DateTimeField(null=True)
    revision = models.BigIntegerField(default=0)
    samples = models.JSONField(null=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "eventstore_log_head"

    def __str__(self) -> str:
        return f"head at {self.position}"


class Overview(LogHead):
    """How the store is doing as a whole: a page of the admin and the permission to see it, no rows of its own."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = "overview"
        verbose_name_plural = "overview"


class Worker(models.Model):
    """A process that runs subscriptions. Its id is new with each start: a name can come back, an id never."""

    worker_id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=MAX_LENGTH)
    subscriptions = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField()

    class Meta:
        db_table = "eventstore_workers"

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A durable subscription: what it is doing, and the version of it that is in use."""

    class Status(models.TextChoices):
        """What a subscription is doing."""

        RUNNING = "running"
        PAUSED = "paused"
        STOPPED = "stopped"

    name = models.CharField(primary_key=True, max_length=MAX_NAME_LENGTH)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    version = models.IntegerField(default=1)
    settings = models.JSONField(default=dict)
    last_error = models.TextField(default="", blank=True)
    last_error_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "eventstore_subscriptions"
        permissions: ClassVar[list[Any]] = [
            ("pause_subscription", "Can pause subscription"),
            ("resume_subscription", "Can resume subscription"),
            ("reset_subscription", "Can reset subscription"),
            ("rebuild_subscription", "Can rebuild subscription"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def handled(self) -> int:
        """Events that the version in use has handled."""
        return self.shards.filter(version=self.version).aggregate(total=Sum("handled"))["total"] or 0


class SubscriptionShard(models.Model):
    """A part of a subscription's streams: how far it is, and who works on it.

    ``position`` is how far the log was considered; ``event_position`` and ``event_id`` are the last
    event up to there, by which it is seen whether the log is still the same. ``epoch`` goes up with
    each owner, and with each operation: what an earlier owner still does can't be committed.
    ``in_flight`` is how many events the owner may have had in hand if it ended without a word.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="shards", db_index=False)
    version = models.IntegerField(default=1)
    number = models.IntegerField()
    position = models.BigIntegerField(default=0)
    event_position = models.BigIntegerField(default=0)
    event_id = models.UUIDField(null=True)
    owner = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    epoch = models.BigIntegerField(default=0)
    in_flight = models.IntegerField(default=0)
    attempt_position = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    floors = models.JSONField(null=True)
    handled = models.BigIntegerField(default=0)
    parked = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "eventstore_subscription_shards"
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["subscription", "version", "number"], name="eventstore_shard_number")
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}[{self.number}] at {self.position}"


class ParkedEvent(models.Model):
    """An event that a subscription has not handled in its turn, or one that waits behind it in its stream."""

    class Status(models.TextChoices):
        """Where an event stands that was not handled in its turn."""

        RETRYING = "retrying"
        PARKED = "parked"
        WAITING = "waiting"
        DISCARDED = "discarded"

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="parked_events", db_index=False
    )
    version = models.IntegerField(default=1)
    shard = models.IntegerField()
    position = models.BigIntegerField()
    event_id = models.UUIDField()
    stream_id = models.CharField(max_length=MAX_LENGTH)
    event_type = models.CharField(max_length=MAX_EVENT_TYPE_LENGTH)
    status = models.CharField(max_length=10, choices=Status.choices)
    attempts = models.IntegerField(default=0)
    is_replay = models.BooleanField(default=False)
    error = models.TextField(default="", blank=True)
    retry_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", blank=True)
    actor = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "eventstore_parked_events"
        permissions: ClassVar[list[Any]] = [
            ("retry_parkedevent", "Can retry parked event"),
            ("discard_parkedevent", "Can discard parked event"),
        ]
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["subscription", "version", "position"], name="eventstore_parked_position")
        ]
        indexes: ClassVar[list[Index]] = [
            Index(
                fields=["subscription", "version", "stream_id", "position"],
                condition=~Q(status="discarded"),
                name="eventstore_parked_stream",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.event_type} at {self.position} ({self.status})"
