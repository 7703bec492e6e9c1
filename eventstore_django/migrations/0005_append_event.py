"""The stored function that appends one event, in two statements."""

from __future__ import annotations

from django.db import migrations

from ..sqlfiles import RunSQLFile


class Migration(migrations.Migration):
    """Create the function beside the one of 0001: processes of the release before go on calling that."""

    dependencies = [("eventstore", "0004_operations")]

    operations = [RunSQLFile("append_event")]
