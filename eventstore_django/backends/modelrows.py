"""Rows of models: one with a time that Python has not, for another client wrote it, hides no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import DateTimeField
from django.db.models.query import ModelIterable

from . import backend_for
from .columns import as_text


class StoredRows(ModelIterable):  # type: ignore[type-arg]
    """Reads rows as Django does; where the driver can't read a time, once more with the times as text.

    Such a time is then an ``Undecodable``. Not with ``iterator()``, which has given rows away by then.
    """

    def __iter__(self) -> Iterator[Any]:
        if self.chunked_fetch:
            return super().__iter__()
        names = [field.attname for field in self.queryset.model._meta.fields if isinstance(field, DateTimeField)]
        try:
            rows = list(super().__iter__())
        except Exception as error:  # each driver has its own for a time that it can't read
            if self.queryset.query.combinator or not backend_for(self.queryset.db).is_misread(error):
                raise
            return self._part_by_part(names)
        # SQLite's driver gives None; the columns have none.
        is_misread = any(row.__dict__.get(name, row) is None for row in rows for name in names)
        return self._part_by_part(names) if is_misread else iter(rows)

    def _part_by_part(self, names: list[str]) -> Iterator[Any]:
        backend = backend_for(self.queryset.db)
        texts = {f"{name}_as_text": as_text(name) for name in names}
        queryset: Any = self.queryset.defer(*names).annotate(**texts)
        queryset._iterable_class = ModelIterable  # as Django's own methods do
        for row in queryset:
            for name in names:
                row.__dict__[name] = backend.moment(row.__dict__.pop(f"{name}_as_text"))
            yield row
