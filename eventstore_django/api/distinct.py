"""The different values of a column, found by leaps through an index: at a price of the values, not of the rows."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import merge
from itertools import groupby, islice

from django.db import connections
from django.db.models import Model

from .scopes import Scope

# Each row of the recursion is the smallest value above the one before it.
_LEAPS = """
WITH RECURSIVE leaps (name) AS (
    SELECT (SELECT min({column}) FROM {table} WHERE {condition} AND {column} > %s)
    UNION ALL
    SELECT (SELECT min({column}) FROM {table} WHERE {condition} AND {column} > leaps.name)
    FROM leaps WHERE leaps.name IS NOT NULL
)
SELECT name FROM leaps WHERE name IS NOT NULL LIMIT %s
"""


def distinct(alias: str, model: type[Model], field: str, scope: Scope, after: str | None, limit: int) -> list[str]:
    """Return the first values of a field above ``after`` that rows in scope have, ascending."""
    # No value is an empty text.
    arguments = (alias, model, field, after or "", limit)
    if scope.partitions is None:
        return list(_leaps(*arguments, "true", ()))
    found = [_leaps(*arguments, *_of_partition(partition)) for partition in scope.partitions]
    return [name for name, _ in islice(groupby(merge(*found)), limit)]


def _of_partition(partition: str | None) -> tuple[str, tuple[str, ...]]:
    return ("partition IS NULL", ()) if partition is None else ("partition = %s", (partition,))


def _leaps(
    alias: str, model: type[Model], field: str, after: str, limit: int, condition: str, values: tuple[str, ...]
) -> Iterable[str]:
    connection = connections[alias]
    quote = connection.ops.quote_name
    sql = _LEAPS.format(column=quote(field), table=quote(model._meta.db_table), condition=condition)
    with connection.cursor() as cursor:
        cursor.execute(sql, (*values, after, *values, limit))
        return [name for (name,) in cursor.fetchall()]
