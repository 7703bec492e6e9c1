"""The settled part of the log: what a reader can remember as read without ever missing an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import BigIntegerField, Expression

from .backends import backend_of

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler


class Watermark(Expression):
    """The watermark as a value in a query, found anew each time the query is turned into SQL.

    That is right before it runs, and in a statement of its own: the snapshot of the query is then
    newer than the watermark, without which events would be missed (docs/positions.md).
    """

    def __init__(self) -> None:
        super().__init__(output_field=BigIntegerField())

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[int, ...]]:
        """Ask the database where the watermark is; the query itself holds the number."""
        backend = backend_of(connection)
        with backend.translated():
            return "%s", (backend.watermark(),)
