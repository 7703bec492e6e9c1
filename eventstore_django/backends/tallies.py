"""How many rows there are, and of which kinds, at a price that does not grow with the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .base import Backend

COUNTED = 10_000
"""Rows that are counted, or looked at, one by one; of larger tables there are estimates."""
MOST_KINDS = 10
"""Kinds that are returned."""


class Precision(StrEnum):
    """How a number was found."""

    EXACT = "exact"
    ESTIMATED = "estimated"
    AT_LEAST = "at least"


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of rows."""

    number: int
    precision: Precision


@dataclass(frozen=True, slots=True)
class Kind:
    """A category or an event type, and how many of the events are of it."""

    name: str
    events: int


@dataclass(frozen=True, slots=True)
class Kinds:
    """The most frequent kinds, the most frequent first.

    ``sample`` is the number of events they were found in where these are only the last ones; None
    where they stand for the whole log, counted or estimated by ``precision``.
    """

    kinds: Sequence[Kind]
    precision: Precision
    sample: int | None = None


def counted(backend: Backend, table: str) -> Tally:
    """Count up to COUNTED rows of a table; of more there is at least one more."""
    with backend.connection.cursor() as cursor:
        # Names of tables are constants of this package.
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {COUNTED + 1}) AS rows")  # noqa: S608
        number: int = cursor.fetchone()[0]
    return Tally(number, Precision.EXACT if number <= COUNTED else Precision.AT_LEAST)


def last_kinds(backend: Backend, column: str) -> Kinds:
    """Count the kinds of the last COUNTED events: of all of them, if there are no more."""
    last = f"SELECT {column} AS kind FROM eventstore_events ORDER BY position DESC LIMIT {COUNTED}"  # noqa: S608  # constants
    with backend.connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, count(*), sum(count(*)) OVER () FROM ({last}) AS last "  # noqa: S608  # as above
            f"GROUP BY kind ORDER BY 2 DESC, 1 LIMIT {MOST_KINDS}"
        )
        rows: list[Any] = cursor.fetchall()
    is_whole = not rows or rows[0][2] < COUNTED
    kinds = tuple(Kind(name, number) for name, number, _ in rows)
    return Kinds(kinds, Precision.EXACT, None if is_whole else COUNTED)
