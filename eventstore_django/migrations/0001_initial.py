"""The tables, what guards them, and the stored functions that append."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from ..sqlfiles import CreateTables, RunSQLFile


class Migration(migrations.Migration):
    """Create everything; on PostgreSQL from the SQL files, so that keys and types are ours to choose."""

    initial = True

    dependencies = []

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Erasure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.TextField()),
                        ("actor", models.TextField()),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("closed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "eventstore_erasures",
                    },
                ),
                migrations.CreateModel(
                    name="Snapshot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("stream_id", models.CharField(max_length=255)),
                        ("aggregate_id", models.CharField(max_length=255)),
                        ("aggregate_type", models.CharField(max_length=255)),
                        ("version", models.BigIntegerField()),
                        ("schema_version", models.IntegerField(default=1)),
                        ("data", models.JSONField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "db_table": "eventstore_snapshots",
                        "indexes": [
                            models.Index(
                                fields=["aggregate_id", "aggregate_type", "version"],
                                name="eventstore_snapshot_aggregate",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("stream_id", "version"), name="eventstore_snapshot_version"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("version__gte", 1)), name="eventstore_snapshot_version_from_1"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Stream",
                    fields=[
                        ("stream_id", models.CharField(max_length=255, primary_key=True, serialize=False)),
                        ("version", models.BigIntegerField(default=0)),
                        ("category", models.CharField(max_length=255)),
                        ("partition", models.CharField(blank=True, max_length=255, null=True)),
                        ("aggregate_type", models.CharField(max_length=255)),
                        ("aggregate_id", models.CharField(max_length=255)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "db_table": "eventstore_streams",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("version__gte", 0)), name="eventstore_stream_version"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ErasedEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.BigIntegerField()),
                        ("event_version", models.BigIntegerField()),
                        ("event_id", models.UUIDField()),
                        ("stream_id", models.CharField(max_length=255)),
                        ("event_type", models.CharField(max_length=100)),
                        ("operation", models.CharField(max_length=6)),
                        (
                            "erasure",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="eventstore.erasure",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "eventstore_erased_events",
                        "indexes": [
                            models.Index(fields=["stream_id", "event_version"], name="eventstore_erased_stream")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        ("position", models.BigAutoField(primary_key=True, serialize=False)),
                        ("event_id", models.UUIDField()),
                        ("category", models.CharField(max_length=255)),
                        ("partition", models.CharField(blank=True, max_length=255, null=True)),
                        ("aggregate_id", models.CharField(max_length=255)),
                        ("aggregate_type", models.CharField(max_length=255)),
                        ("event_type", models.CharField(max_length=100)),
                        ("event_version", models.BigIntegerField()),
                        ("schema_version", models.IntegerField(default=1)),
                        ("payload", models.JSONField(db_column="event_data")),
                        ("metadata", models.JSONField(default=dict)),
                        ("occurred_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "stream",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="eventstore.stream",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "eventstore_events",
                        "ordering": ["position"],
                        "indexes": [
                            models.Index(fields=["category", "position"], name="eventstore_event_category"),
                            models.Index(fields=["event_type", "position"], name="eventstore_event_type"),
                            models.Index(
                                condition=models.Q(("partition__isnull", False)),
                                fields=["partition", "position"],
                                name="eventstore_event_partition",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("stream", "event_version"), name="eventstore_event_version"
                            ),
                            models.UniqueConstraint(fields=("event_id", "stream"), name="eventstore_event_id"),
                            models.CheckConstraint(
                                condition=models.Q(("event_version__gte", 1)), name="eventstore_event_version_from_1"
                            ),
                        ],
                    },
                ),
            ],
        ),
        CreateTables("tables", ["Erasure", "Snapshot", "Stream", "ErasedEvent", "Event"]),
        RunSQLFile("correlation"),
        RunSQLFile("positions"),
        RunSQLFile("append_only"),
        RunSQLFile("append"),
    ]
