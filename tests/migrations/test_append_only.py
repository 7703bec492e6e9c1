from __future__ import annotations

import pytest

from tests.concurrency.processes import Workers

from .conftest import Scratch
from .scratch_work import changes_made, migrate

_REPLICA = "SET LOCAL session_replication_role = replica"


def test_the_owner_of_the_tables_can_neither_change_nor_remove_events(database: Workers) -> None:
    database.run(migrate)
    assert database.run(changes_made) == set()


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
def test_replication_can_neither_change_nor_remove_events(database: Workers) -> None:
    database.run(migrate)
    assert database.run(changes_made, _REPLICA) == set()


def test_the_name_of_a_test_database_alone_opens_no_door(scratch: Scratch) -> None:
    database = scratch("test_scratch")
    database.run(migrate)
    assert database.run(changes_made) == set()


def test_a_test_runner_opens_no_door_in_a_database_that_it_did_not_make(database: Workers) -> None:
    database.run(migrate, None, True)
    assert database.run(changes_made) == set()


def test_a_test_runner_opens_the_door_for_flush_in_its_own_database(scratch: Scratch, vendor: str) -> None:
    database = scratch("test_scratch")
    database.run(migrate, None, True)
    open_to = "delete" if vendor == "sqlite" else "truncate"
    assert database.run(changes_made) == {open_to, f"{open_to} streams"}
