from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from .material import SEQUENCE
from .sessions import execute

# Everything that these tests break is put right by the rollback at their end.
pytestmark = pytest.mark.django_db


def _check() -> None:
    call_command("check", databases=["default"], stdout=StringIO(), stderr=StringIO())


def test_the_check_finds_nothing_in_a_database_that_was_just_migrated() -> None:
    _check()


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        pytest.param(f"ALTER SEQUENCE {SEQUENCE} CACHE 32", "CACHE", id="cache"),
        pytest.param(f"ALTER SEQUENCE {SEQUENCE} INCREMENT BY 2", "ascend", id="increment"),
        pytest.param(f"ALTER SEQUENCE {SEQUENCE} CYCLE", "ascend", id="cycle"),
        pytest.param("DROP TRIGGER eventstore_show_position ON eventstore_events", "missing", id="no trigger"),
        pytest.param(
            "ALTER TABLE eventstore_events DISABLE TRIGGER eventstore_show_position", "disabled", id="disabled"
        ),
        pytest.param(
            "CREATE OR REPLACE FUNCTION eventstore_position_lock_class() RETURNS integer "
            "LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 77'",
            "POSITION_LOCK_CLASS",
            id="other class in the database",
        ),
    ],
)
def test_the_check_finds_what_breaks_the_order_promise(harm: str, complaint: str) -> None:
    execute(harm)
    with pytest.raises(SystemCheckError, match=rf"eventstore\.E007.*{complaint}"):
        _check()


def test_the_check_finds_another_lock_class_in_the_settings(settings: Any) -> None:
    settings.EVENTSTORE = {"POSITION_LOCK_CLASS": 77}
    with pytest.raises(SystemCheckError, match=r"eventstore\.E007.*POSITION_LOCK_CLASS"):
        _check()


def test_the_check_finds_a_role_that_may_not_look_at_the_sequence() -> None:
    execute("CREATE ROLE eventstore_test_check")
    execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO eventstore_test_check")
    execute("SET LOCAL ROLE eventstore_test_check")
    with pytest.raises(SystemCheckError, match=r"eventstore\.E007.*USAGE"):
        _check()
