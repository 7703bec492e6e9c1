"""What operators may do, and how far behind subscriptions were in the last minutes."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the permissions of the admin's actions, and the samples."""

    dependencies = [("eventstore", "0003_filters")]

    operations = [
        migrations.AlterModelOptions(
            name="subscription",
            options={
                "permissions": [
                    ("pause_subscription", "Can pause subscription"),
                    ("resume_subscription", "Can resume subscription"),
                    ("reset_subscription", "Can reset subscription"),
                    ("rebuild_subscription", "Can rebuild subscription"),
                ]
            },
        ),
        migrations.AlterModelOptions(
            name="parkedevent",
            options={
                "permissions": [
                    ("retry_parkedevent", "Can retry parked event"),
                    ("discard_parkedevent", "Can discard parked event"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Overview",
            fields=[],
            options={
                "verbose_name": "overview",
                "verbose_name_plural": "overview",
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("eventstore.loghead",),
        ),
        migrations.AddField(
            model_name="loghead",
            name="samples",
            field=models.JSONField(null=True),
        ),
    ]
