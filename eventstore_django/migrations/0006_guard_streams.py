"""The guard of the streams' rows, which hold the versions."""

from __future__ import annotations

from django.db import migrations

from ..sqlfiles import RunSQLFile


class Migration(migrations.Migration):
    """Create the triggers, from the SQL files."""

    dependencies = [("eventstore", "0005_append_event")]

    operations = [RunSQLFile("guard_streams")]
