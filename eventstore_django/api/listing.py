"""Pages of what is ordered by a name or number of its own: streams, categories, snapshots, parked events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

from .pages import DEFAULT_LIMIT, MAX_LIMIT
from .parameters import text, whole_number

M = TypeVar("M", bound=Model)

NAME_PAGING = ("after", "limit")
"""The query parameters that choose such a page."""


@dataclass(frozen=True, slots=True)
class NamePage:
    """At most ``limit`` rows behind the name ``after``."""

    after: str | None
    limit: int

    @classmethod
    def read(cls, query: QueryDict) -> NamePage:
        """Read the page that a query asks for. Raise InvalidField."""
        return cls(text(query, "after"), whole_number(query, "limit", 1, MAX_LIMIT) or DEFAULT_LIMIT)

    def of(self, rows: QuerySet[M], field: str) -> QuerySet[M]:
        """Return the rows of the page, ordered by a field."""
        if self.after is not None:
            rows = rows.filter(**{f"{field}__gt": self.after})
        return rows.order_by(field)[: self.limit]

    def next(self, names: Sequence[str]) -> dict[str, Any] | None:
        """Return the parameters of the page behind, None if this one is the last."""
        return {"after": names[-1]} if len(names) == self.limit else None


@dataclass(frozen=True, slots=True)
class NumberPage:
    """At most ``limit`` rows behind the number ``after``."""

    after: int
    limit: int

    @classmethod
    def read(cls, query: QueryDict) -> NumberPage:
        """Read the page that a query asks for. Raise InvalidField."""
        return cls(whole_number(query, "after", 0) or 0, whole_number(query, "limit", 1, MAX_LIMIT) or DEFAULT_LIMIT)

    def of(self, rows: QuerySet[M], field: str) -> QuerySet[M]:
        """Return the rows of the page, ordered by a field."""
        return rows.filter(**{f"{field}__gt": self.after}).order_by(field)[: self.limit]

    def next(self, numbers: Sequence[int]) -> dict[str, Any] | None:
        """Return the parameters of the page behind, None if this one is the last."""
        return {"after": numbers[-1]} if len(numbers) == self.limit else None
