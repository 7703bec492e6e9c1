"""The tables of PostgreSQL, which come from SQL files, against Django's models."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections, models

from tests.concurrency.sessions import rows

pytestmark = pytest.mark.django_db

MODELS = list(apps.get_app_config("eventstore").get_models())
EACH_MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)

_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull
FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
_KEYS = """
SELECT c.relname, i.indisunique, coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
    ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, true) FROM generate_series(1, i.indnkeyatts) n ORDER BY n)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %s::regclass
"""


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


def _expected_type(field: models.Field[Any, Any]) -> str:
    # Of the field that a foreign key refers to; a serial column is a plain number with a default.
    found = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    assert found is not None
    return found.replace("varchar", "character varying")


def _keys(table: str) -> dict[str, tuple[bool, str, list[str]]]:
    return {name: (unique, predicate, columns) for name, unique, predicate, columns in rows(_KEYS, table)}


@EACH_MODEL
def test_a_table_has_the_columns_of_its_model(model: type[models.Model]) -> None:
    expected = {field.column: (_expected_type(field), field.null) for field in model._meta.concrete_fields}
    found = {name: (kind, nullable) for name, kind, nullable in rows(_COLUMNS, _table(model))}
    assert found == expected


@EACH_MODEL
def test_a_table_has_the_constraints_and_indexes_of_its_model(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, _table(model))
    columns_of = {field.name: field.column for field in model._meta.concrete_fields}
    for unique in (part for part in model._meta.constraints if isinstance(part, models.UniqueConstraint)):
        columns = [columns_of[name] for name in unique.fields]
        assert (found[unique.name]["columns"], found[unique.name]["unique"]) == (columns, True)
    for check in (part for part in model._meta.constraints if isinstance(part, models.CheckConstraint)):
        assert found[check.name]["check"]
    for index in model._meta.indexes:
        assert found[index.name]["columns"] == [columns_of[name] for name in index.fields]


@EACH_MODEL
def test_every_constraint_and_index_has_a_name_of_the_event_store(model: type[models.Model]) -> None:
    names = [name for (name,) in rows("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass", _table(model))]
    names += _keys(_table(model))
    assert names
    assert [name for name in names if not name.startswith("eventstore_")] == []


@pytest.mark.django_db(databases=["sqlite"])
def test_every_index_on_sqlite_has_a_name_of_the_event_store() -> None:
    with connections["sqlite"].cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name LIKE 'eventstore%'")
        names = [name for (name,) in cursor.fetchall() if not name.startswith("sqlite_autoindex")]
    assert names
    assert [name for name in names if not name.startswith("eventstore_")] == []


@EACH_MODEL
def test_no_index_is_the_beginning_of_another(model: type[models.Model]) -> None:
    keys = {name: (predicate, columns) for name, (_, predicate, columns) in _keys(_table(model)).items()}
    redundant = [
        (one, other)
        for one, other in permutations(keys, 2)
        if keys[one][0] == keys[other][0] and keys[other][1][: len(keys[one][1])] == keys[one][1]
    ]
    assert redundant == []


def test_every_key_of_events_contains_the_stream() -> None:
    unique = {name: columns for name, (unique, _, columns) in _keys("eventstore_events").items() if unique}
    assert len(unique) >= 3
    assert [name for name, columns in unique.items() if "stream_id" not in columns] == []


def test_the_positions_come_from_a_sequence_that_gives_one_at_a_time() -> None:
    found = rows(
        "SELECT s.seqcache, s.seqincrement, s.seqcycle, s.seqtypid::regtype::text FROM pg_sequence s "
        "WHERE s.seqrelid = pg_get_serial_sequence('eventstore_events', 'position')::regclass"
    )
    assert found == [(1, 1, False, "bigint")]


def test_the_position_is_no_identity_column() -> None:
    # Tables with an identity column can't be taken back from being distributed.
    identity = "SELECT attidentity FROM pg_attribute WHERE attrelid = 'eventstore_events'::regclass AND attname = %s"
    assert rows(identity, "position") == [("",)]


@EACH_MODEL
def test_names_are_compared_as_code_points(model: type[models.Model]) -> None:
    other = rows(
        "SELECT a.attname FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation "
        "WHERE a.attrelid = %s::regclass AND a.atttypid = 'varchar'::regtype AND c.collname <> 'C'",
        _table(model),
    )
    assert [name for (name,) in other if name != "operation"] == []
