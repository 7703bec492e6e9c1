"""A log of a million events, for tests of what must not get slower with it.

| | half | one | nothing |
|---|---|---|---|
| stream | ``tenant-1/Account/large`` | ``tenant-3/Rare/one`` | ``tenant-9/None/0`` |
| category, aggregate type | ``Account`` | ``Rare`` | ``None`` |
| partition | ``tenant-1`` (odd positions), ``tenant-2`` (even ones but one) | ``tenant-3`` | ``tenant-9`` |
| event type | ``MoneyDeposited``, ``OrderPlaced`` | ``RareHappened`` | ``NothingHappened`` |
| aggregate id, correlation id | ``large`` | ``one`` | ``none`` |

``tenant-2`` has 50,000 streams ``tenant-2/Order/1`` ... of ten events each. Position ``n`` happened ``n`` seconds after
the start of 2024, and was stored ``n`` milliseconds after that of 2025. The event of ``tenant-3`` is in the middle.

``million`` gives it as the database ``default``, in a transaction that is rolled back after the test: users, sessions
and appends of the test are gone then. Use it in place of ``db``, with the mark ``slow``. It is filled once in a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

EVENTS = 1_000_000
FIRST, LAST, RARE = 1, EVENTS, EVENTS // 2

_FILL = Path(__file__).with_name("million.sql")


@pytest.fixture(scope="session")
def million_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """Give a connection to the database, which is made when it is first asked for."""
    with django_db_blocker.unblock():
        usual = connections["default"]
        name = f"{usual.settings_dict['NAME']}_million"
        with usual._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        settings = {**usual.settings_dict, "NAME": name}
        connection = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
        with _as_default(connection):
            _fill(connection)
    yield connection
    with django_db_blocker.unblock():
        connection.close()
        with usual._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def million(million_database: BaseDatabaseWrapper, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """Let ``default`` be the log of a million events, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), _as_default(million_database), transaction.atomic():
        yield million_database
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


def _fill(connection: BaseDatabaseWrapper) -> None:
    call_command("migrate", verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FILL.read_text("utf-8"))
    with connection.cursor() as cursor:
        # What autovacuum does within a minute.
        cursor.execute("VACUUM ANALYZE eventstore_events, eventstore_streams")
