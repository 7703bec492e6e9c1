"""Databases with a large log, each filled once in a run, beside the one that the other tests use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend


@contextmanager
def filled_database(name: str, blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """Give a connection to a new database, filled by the file ``{name}.sql`` in this directory."""
    with blocker.unblock():
        usual = connections["default"]
        database = f"{usual.settings_dict['NAME']}_{name}"
        with usual._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{database}"')
            cursor.execute(f'CREATE DATABASE "{database}"')
        settings = {**usual.settings_dict, "NAME": database}
        connection = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
        with _as_default(connection):
            _fill(connection, Path(__file__).with_name(f"{name}.sql"))
    yield connection
    with blocker.unblock():
        connection.close()
        with usual._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


@contextmanager
def in_transaction(connection: BaseDatabaseWrapper, blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """Let ``default`` be this database for a block, in a transaction that is rolled back."""
    with blocker.unblock(), _as_default(connection), transaction.atomic():
        yield connection
        transaction.set_rollback(True)


@contextmanager
def _as_default(connection: BaseDatabaseWrapper) -> Iterator[None]:
    usual = connections["default"]
    connections["default"] = connection
    # The ids of content types differ between databases, and are kept by alias.
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections["default"] = usual
        ContentType.objects.clear_cache()


def _fill(connection: BaseDatabaseWrapper, file: Path) -> None:
    call_command("migrate", verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(file.read_text("utf-8"))
    with connection.cursor() as cursor:
        # What autovacuum does within a minute.
        cursor.execute("VACUUM ANALYZE eventstore_events, eventstore_streams, eventstore_snapshots")
