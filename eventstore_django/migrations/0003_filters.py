"""The indexes that filters read by: aggregates, tenants' types, times, the streams of a category."""

from __future__ import annotations

from django.db import migrations, models

from ..sqlfiles import RunSQLFile


class Migration(migrations.Migration):
    """Create the indexes, from the SQL files."""

    dependencies = [("eventstore", "0002_subscriptions")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    model_name="event",
                    index=models.Index(
                        condition=models.Q(("partition__isnull", False)),
                        fields=["partition", "event_type", "position"],
                        name="eventstore_event_tenant_type",
                    ),
                ),
                migrations.AddIndex(
                    model_name="event",
                    index=models.Index(fields=["aggregate_id", "position"], name="eventstore_event_aggregate"),
                ),
                migrations.AddIndex(
                    model_name="event",
                    index=models.Index(fields=["aggregate_type", "position"], name="eventstore_event_agg_type"),
                ),
                migrations.AddIndex(
                    model_name="event",
                    index=models.Index(fields=["occurred_at"], name="eventstore_event_occurred"),
                ),
                migrations.AddIndex(
                    model_name="stream",
                    index=models.Index(fields=["category", "stream_id"], name="eventstore_stream_category"),
                ),
                migrations.AddIndex(
                    model_name="stream",
                    index=models.Index(
                        condition=models.Q(("partition__isnull", False)),
                        fields=["partition", "category", "stream_id"],
                        name="eventstore_stream_tenant",
                    ),
                ),
            ],
        ),
        RunSQLFile("filters"),
    ]
