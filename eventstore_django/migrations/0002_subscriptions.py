"""Who follows the log: subscriptions, their shards and workers, parked events, the published watermark."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from ..sqlfiles import CreateTables, RunSQLFile


class Migration(migrations.Migration):
    """Create the tables, and the function that publishes the watermark."""

    dependencies = [("eventstore", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="LogHead",
                    fields=[
                        ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ("position", models.BigIntegerField(default=0)),
                        ("publisher", models.UUIDField(null=True)),
                        ("publisher_until", models.DateTimeField(null=True)),
                        ("revision", models.BigIntegerField(default=0)),
                        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "db_table": "eventstore_log_head",
                    },
                ),
                migrations.CreateModel(
                    name="Subscription",
                    fields=[
                        ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                        (
                            "status",
                            models.CharField(
                                choices=[("running", "Running"), ("paused", "Paused"), ("stopped", "Stopped")],
                                default="running",
                                max_length=10,
                            ),
                        ),
                        ("version", models.IntegerField(default=1)),
                        ("settings", models.JSONField(default=dict)),
                        ("last_error", models.TextField(blank=True, default="")),
                        ("last_error_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "db_table": "eventstore_subscriptions",
                    },
                ),
                migrations.CreateModel(
                    name="Worker",
                    fields=[
                        ("worker_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("name", models.CharField(max_length=255)),
                        ("subscriptions", models.JSONField(default=list)),
                        ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("lease_until", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "eventstore_workers",
                    },
                ),
                migrations.CreateModel(
                    name="ParkedEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.IntegerField(default=1)),
                        ("shard", models.IntegerField()),
                        ("position", models.BigIntegerField()),
                        ("event_id", models.UUIDField()),
                        ("stream_id", models.CharField(max_length=255)),
                        ("event_type", models.CharField(max_length=100)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("retrying", "Retrying"),
                                    ("parked", "Parked"),
                                    ("waiting", "Waiting"),
                                    ("discarded", "Discarded"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("attempts", models.IntegerField(default=0)),
                        ("is_replay", models.BooleanField(default=False)),
                        ("error", models.TextField(blank=True, default="")),
                        ("retry_at", models.DateTimeField(null=True)),
                        ("reason", models.TextField(blank=True, default="")),
                        ("actor", models.TextField(blank=True, default="")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "subscription",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parked_events",
                                to="eventstore.subscription",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "eventstore_parked_events",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "discarded"), _negated=True),
                                fields=["subscription", "version", "stream_id", "position"],
                                name="eventstore_parked_stream",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subscription", "version", "position"), name="eventstore_parked_position"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SubscriptionShard",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.IntegerField(default=1)),
                        ("number", models.IntegerField()),
                        ("position", models.BigIntegerField(default=0)),
                        ("event_position", models.BigIntegerField(default=0)),
                        ("event_id", models.UUIDField(null=True)),
                        ("owner", models.UUIDField(null=True)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("epoch", models.BigIntegerField(default=0)),
                        ("in_flight", models.IntegerField(default=0)),
                        ("attempt_position", models.BigIntegerField(default=0)),
                        ("attempts", models.IntegerField(default=0)),
                        ("retry_at", models.DateTimeField(null=True)),
                        ("floors", models.JSONField(null=True)),
                        ("handled", models.BigIntegerField(default=0)),
                        ("parked", models.BigIntegerField(default=0)),
                        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "subscription",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="shards",
                                to="eventstore.subscription",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "eventstore_subscription_shards",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subscription", "version", "number"), name="eventstore_shard_number"
                            )
                        ],
                    },
                ),
            ],
        ),
        CreateTables("subscriptions", ["LogHead", "Worker", "Subscription", "ParkedEvent", "SubscriptionShard"]),
        RunSQLFile("publishing"),
    ]
