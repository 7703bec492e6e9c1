"""The columns of an event as databases send them quickest and Python reads them quickest."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.db.models import F, Func, TextField
from django.db.models.expressions import Combinable

from ..events import RECORDED_FIELDS


class _Text(Func):
    """A value as the database writes it: the usual reading of times and JSON costs more than all the rest."""

    template = "%(expressions)s::text"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Of a bare column the driver would read the time itself, and give None for what it can't read."""
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS text)", **context)


def as_text(name: str) -> Combinable:
    """Return a column as the database writes it."""
    return _Text(F(name))


def _columns(texts: Collection[str]) -> tuple[str | Combinable, ...]:
    return tuple(as_text(name) if name in texts else name for name in RECORDED_FIELDS)


JSON_AND_TIMES_AS_TEXT = _columns({"payload", "metadata", "occurred_at", "created_at"})


def read_time(text: str) -> datetime:
    """Return the time that PostgreSQL writes in its ISO style, in UTC."""
    moment = datetime.fromisoformat(text)
    # A session in another time zone writes another offset.
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def time_reader(zone: tzinfo) -> Callable[[str], datetime]:
    """Return a function that gives times in UTC of texts that are in a time zone and don't say so."""

    def read(text: str) -> datetime:
        moment = datetime.fromisoformat(text)
        return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)

    return read
