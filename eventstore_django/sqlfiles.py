"""Migration operations that run named SQL files, the same name for each database that needs it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import router
from django.db.migrations.operations.base import Operation

from . import conf

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

SQL_DIRECTORY = Path(__file__).parent / "sql"


class RunSQLFile(Operation):
    """Run ``sql/<vendor>/<name>.sql``; back with ``<name>.reverse.sql``. No file, nothing to do."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, name: str) -> None:
        self.name = name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave Django's state as it is."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Run the file of this database."""
        self._run(app_label, schema_editor, f"{self.name}.sql")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Run the file that takes it back."""
        self._run(app_label, schema_editor, f"{self.name}.reverse.sql")

    def describe(self) -> str:
        """Return a line for ``migrate --plan``."""
        return f"Run the SQL file {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        """Return the file's name."""
        return self.name

    def _run(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, file_name: str) -> None:
        connection = schema_editor.connection
        path = SQL_DIRECTORY / connection.vendor / file_name
        if not router.allow_migrate(connection.alias, app_label) or not path.exists():
            return
        text = path.read_text(encoding="utf-8")
        text = text.replace("{position_lock_class}", str(conf.position_lock_class()))
        for statement in _statements(connection.vendor, text):
            schema_editor.execute(statement, params=None)


class CreateTables(RunSQLFile):
    """Create the tables of models from the SQL file of a database, or from the models where it has none."""

    def __init__(self, name: str, models: list[str]) -> None:
        super().__init__(name)
        self.models = models

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Run the file, or let Django write the tables."""
        if self._has_file(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        for name in self.models:
            model = to_state.apps.get_model(app_label, name)
            if router.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop the tables again."""
        if self._has_file(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        for name in reversed(self.models):
            model = from_state.apps.get_model(app_label, name)
            if router.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def _has_file(self, schema_editor: BaseDatabaseSchemaEditor) -> bool:
        return (SQL_DIRECTORY / schema_editor.connection.vendor / f"{self.name}.sql").exists()


def _statements(vendor: str, text: str) -> Iterator[str]:
    if vendor != "sqlite":
        yield text
        return
    # SQLite's driver runs one statement at a time; a trigger holds semicolons of its own.
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        lines.append(line)
        if sqlite3.complete_statement("".join(lines)):
            yield "".join(lines)
            lines.clear()
