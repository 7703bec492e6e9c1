"""The stored function by which an import locks its streams before it copies events into the log."""

from __future__ import annotations

from django.db import migrations

from ..sqlfiles import RunSQLFile


class Migration(migrations.Migration):
    """Create the function, from the SQL file; other databases need none."""

    dependencies = [("eventstore", "0004_operations")]

    operations = [RunSQLFile("load")]
