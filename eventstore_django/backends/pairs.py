"""Ranges of an index on two columns, in a form that leaves the planner of PostgreSQL no other index to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import BooleanField, F, Func, TextField, Value

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    from ..querysets import EventQuerySet


def within_pairs(events: EventQuerySet, name: str, text: str, column: str, first: int, last: int) -> EventQuerySet:
    """Return the events whose column ``name`` is ``text``, between two values of ``column``, both included.

    To be ordered by both columns. As two conditions the planner could take the order from the log itself,
    and then reads to its end for a category that has ended in the middle; or sort all that is left of a
    stream for each page of it. Only the index on both columns has the order of pairs.
    """
    pair = _row(F(name), F(column))
    from_first = _compared(pair, ">=", _row(Value(text), Value(first)))
    to_last = _compared(pair, "<=", _row(Value(text), Value(last)))
    # The index of the partitions leaves out the rows that have none, and is read only where nobody wants those.
    return events.filter(from_first, to_last, **{f"{name}__isnull": False})


def _row(*values: Combinable) -> Func:
    return Func(*values, template="(%(expressions)s)", output_field=TextField())


def _compared(one: Func, operator: str, other: Func) -> Func:
    return Func(one, other, template="%(expressions)s", arg_joiner=f" {operator} ", output_field=BooleanField())
