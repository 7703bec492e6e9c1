"""What is done in a scratch database, by a process that has it as ``default``."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import setup_test_environment

from eventstore_django import AppendOperation, EventStore, NewEvent
from eventstore_django.exceptions import EventStoreError
from tests.concurrency.sessions import execute, rows

CHANGES = {
    "update": "UPDATE eventstore_events SET event_data = '{}'",
    "delete": "DELETE FROM eventstore_events",
    "truncate": "TRUNCATE eventstore_events",
    "delete streams": "DELETE FROM eventstore_streams",
    "truncate streams": "TRUNCATE eventstore_streams CASCADE",
}


def migrate(target: str | None = None, under_test_runner: bool = False) -> None:
    """Run the command, as a deployment would or as a test runner would."""
    if under_test_runner:
        setup_test_environment()
    call_command("migrate", "eventstore", *([target] if target else []), verbosity=0)


def objects() -> list[str]:
    """Return the names of everything in the database that is called like the event store's."""
    if connection.vendor == "sqlite":
        found = rows("SELECT type || ' ' || name FROM sqlite_master WHERE name LIKE 'eventstore%'")
    else:
        found = rows(
            "SELECT 'relation ' || relname FROM pg_class WHERE relname LIKE 'eventstore%' "
            "UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE proname LIKE 'eventstore%' "
            "UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgname LIKE 'eventstore%'"
        )
    return sorted(name for (name,) in found)


def append() -> int:
    """Append an event and return how many events there are."""
    EventStore().append("Account-1", [NewEvent("Happened", {})])
    return len(EventStore().get_all_events())


def changes_made(*settings: str) -> set[str]:
    """Append an event, try everything that would change it, and return what was not refused."""
    append()
    return {name for name, sql in CHANGES.items() if _supported(name) and _works(sql, settings)}


def errors_of_every_call() -> dict[str, str]:
    """Call everything that needs the tables, and return the kinds of the errors."""
    store = EventStore()
    event = NewEvent("Happened", {})
    calls: dict[str, Callable[[], object]] = {
        "append": lambda: store.append("Account-1", [event]),
        "append_batch": lambda: store.append_batch([AppendOperation("Account-1", [event])] * 1),
        "get_events": lambda: store.get_events("Account-1"),
        "get_all_events": store.get_all_events,
        "get_category_events": lambda: store.get_category_events("Account"),
        "get_stream_version": lambda: store.get_stream_version("Account-1"),
        "stream_exists": lambda: store.stream_exists("Account-1"),
        "head_position": store.head_position,
        "iter_events": lambda: list(store.iter_events("Account-1")),
        "iter_all_events": lambda: list(store.iter_all_events()),
    }
    return {name: _error(call) for name, call in calls.items()}


def sql_of_migration(backwards: bool) -> str:
    """Return what ``sqlmigrate`` prints."""
    output = StringIO()
    call_command("sqlmigrate", "eventstore", "0001", backwards=backwards, stdout=output)
    return output.getvalue()


def _supported(change: str) -> bool:
    return connection.vendor != "sqlite" or "truncate" not in change


def _works(sql: str, settings: tuple[str, ...]) -> bool:
    try:
        with transaction.atomic():
            for setting in settings:
                execute(setting)
            execute(sql)
            transaction.set_rollback(True)
    except DatabaseError as error:
        # Anything else (a lock, a missing table) is no refusal.
        return "append-only" not in str(error)
    return True


def _error(call: Callable[[], object]) -> str:
    try:
        call()
    except (EventStoreError, DatabaseError) as error:
        return type(error).__name__
    return "none"
