from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations import SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from eventstore_django.sqlfiles import SQL_DIRECTORY, RunSQLFile
from tests.concurrency.processes import Workers
from tests.concurrency.sessions import execute

from .conftest import Scratch
from .scratch_work import append, errors_of_every_call, migrate, objects, sql_of_migration


def _sql_operations() -> list[RunSQLFile]:
    migrations = MigrationLoader(None).disk_migrations
    own = [migration for (app, _), migration in migrations.items() if app == "eventstore"]
    return [found for migration in own for found in _flat(migration.operations) if isinstance(found, RunSQLFile)]


def _flat(operations: Sequence[Operation]) -> Iterator[Operation]:
    for operation in operations:
        yield operation
        if isinstance(operation, SeparateDatabaseAndState):
            yield from _flat(operation.database_operations)


def _files() -> list[Path]:
    return sorted(SQL_DIRECTORY.glob("*/*.sql"))


@pytest.mark.django_db
def test_the_migrations_are_up_to_date_with_the_models() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_every_sql_file_is_run_by_exactly_one_migration_operation() -> None:
    names = [operation.name for operation in _sql_operations()]
    assert len(names) == len(set(names))
    assert {path.name.removesuffix(".sql").removesuffix(".reverse") for path in _files()} == set(names)


def test_every_sql_file_has_its_reverse() -> None:
    forwards = {path for path in _files() if not path.name.endswith(".reverse.sql")}
    backwards = {path for path in _files() if path.name.endswith(".reverse.sql")}
    assert {path.with_name(path.name.replace(".sql", ".reverse.sql")) for path in forwards} == backwards


def test_nothing_but_sql_files_lies_beside_them() -> None:
    assert sorted(path for path in SQL_DIRECTORY.rglob("*") if path.is_file()) == _files()


def test_migrating_to_zero_removes_everything(database: Workers) -> None:
    database.run(migrate)
    assert database.run(objects)
    database.run(migrate, "zero")
    assert database.run(objects) == []


def test_migrating_to_zero_and_back_makes_the_same_again(database: Workers) -> None:
    database.run(migrate)
    before = database.run(objects)
    assert database.run(append) == 1
    database.run(migrate, "zero")
    database.run(migrate)
    assert database.run(objects) == before
    assert database.run(append) == 1


def test_a_test_database_can_be_migrated_to_zero_too(scratch: Scratch) -> None:
    database = scratch("test_scratch")
    database.run(migrate, None, True)
    database.run(migrate, "zero")
    assert database.run(objects) == []


@pytest.mark.parametrize(("backwards", "statement"), [(False, "CREATE"), (True, "DROP")])
def test_sqlmigrate_shows_the_statements(database: Workers, backwards: bool, statement: str) -> None:
    if backwards:
        database.run(migrate)
    assert f"{statement} TABLE" in database.run(sql_of_migration, backwards)


def test_every_call_says_that_the_database_is_not_migrated(database: Workers) -> None:
    errors = database.run(errors_of_every_call)
    assert {name for name, error in errors.items() if error != "NotMigrated"} == set()
    assert len(errors) >= 10


def test_the_indexes_of_filters_may_be_built_beforehand(database: Workers) -> None:
    database.run(migrate)
    before = database.run(objects)
    database.run(migrate, "0002_subscriptions")
    assert database.run(objects) != before
    database.run(execute, "CREATE INDEX eventstore_event_occurred ON eventstore_events (occurred_at)")
    database.run(migrate)
    assert database.run(objects) == before
