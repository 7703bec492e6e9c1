"""The columns of an event as PostgreSQL sends them quickest and Python reads them quickest."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import F, Func, TextField
from django.db.models.expressions import Combinable

from ..events import RECORDED_FIELDS


class _Text(Func):
    """A value as PostgreSQL writes it: the driver's own reading of times and JSON costs more than all the rest."""

    template = "%(expressions)s::text"
    output_field = TextField()


_AS_TEXT = {"payload", "metadata", "occurred_at", "created_at"}

RECORDED_COLUMNS: tuple[str | Combinable, ...] = tuple(
    _Text(F(name)) if name in _AS_TEXT else name for name in RECORDED_FIELDS
)


def read_time(text: str) -> datetime:
    """Return the time that PostgreSQL writes in its ISO style, in UTC."""
    moment = datetime.fromisoformat(text)
    # A session in another time zone writes another offset.
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
