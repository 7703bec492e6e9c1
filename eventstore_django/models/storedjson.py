"""A column of JSON that other clients may have written, too."""

from __future__ import annotations

from typing import Any

from django.db import models

from ..encoding import UNDECODABLE, Undecodable


class StoredJSON(models.JSONField):
    """A JSONField that gives an ``Undecodable`` for what Python can't read: one such row must not hide the others."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Decode a value."""
        try:
            return super().from_db_value(value, expression, connection)
        except UNDECODABLE as error:
            return Undecodable(value, f"can't be decoded: {error}")

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Be a JSONField to migrations: the column is the same."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", list(args), dict(kwargs)
