"""``manage.py eventstore_stats``."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError
from django.db import connections

from eventstore_django.models import Subscription
from tests.concurrency.sessions import Session

from .support import NAME, append, command, declare, employ, run

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


def test_it_tells_totals_kinds_subscriptions_and_workers() -> None:
    *_, last = append("Opened", "Opened", "Closed")
    declare()
    run()
    employ(NAME)
    out = command("eventstore_stats").out
    lines = [line.split() for line in out.splitlines()]
    assert ["events", "3"] in lines
    assert ["streams", "1"] in lines
    assert ["Opened", "2"] in lines
    assert ["last", "hour", "3", "(0.00", "a", "second)"] in lines
    assert f"watermark      {last} (drawn {last}, published 0)" in out
    assert any(line[:1] == [NAME] for line in lines)
    assert any(line[:1] == ["somewhere:1"] for line in lines)
    assert out.endswith("No problem found.\n")


def test_of_an_empty_store_there_is_little_to_tell() -> None:
    out = command("eventstore_stats").out
    assert out.splitlines()[0].split() == ["events", "0"]
    assert out.endswith("No problem found.\n")


def test_the_oldest_event_that_waits_is_told() -> None:
    declare()
    run()
    append("A")
    assert f"for {NAME}, shard 0" in command("eventstore_stats").out


def test_problems_are_told_and_end_with_an_exit_code_if_that_is_wanted() -> None:
    append("Broken")
    declare()
    run()
    assert f"Problem: {NAME} has parked events: 1." in command("eventstore_stats").out
    with pytest.raises(SystemExit) as end:
        command("eventstore_stats", "--check")
    assert end.value.code == 1


def test_without_problems_a_check_ends_well() -> None:
    append("A")
    command("eventstore_stats", "--check")


def test_json_is_one_object() -> None:
    append("A")
    found = json.loads(command("eventstore_stats", "--json").out)
    assert (found["events"]["number"], found["problems"]) == (1, [])


def test_another_database_can_be_named() -> None:
    append("A", using="sqlite")
    assert json.loads(command("eventstore_stats", "--json", "--database", "sqlite").out)["events"]["number"] == 1
    assert json.loads(command("eventstore_stats", "--json").out)["events"]["number"] == 0


def test_names_cant_command_the_terminal() -> None:
    append("A", stream="\u202eevil-1")
    declare()
    run()
    Subscription.objects.update(status="stopped")
    out = command("eventstore_stats").out
    assert "\u202e" not in out
    assert "\\u202eevil" in out


@pytest.mark.django_db(transaction=True)
def test_who_holds_the_watermark_back_is_told() -> None:
    session = Session()
    try:
        session.sql("SET application_name = 'shop'")
        session.begin()
        session.run(append, "A")
        out = command("eventstore_stats").out
        assert f"  process {session.pid}, shop, " in out
        assert "Readers wait for:" in out
    finally:
        session.close()


def test_missing_tables_are_told_in_one_line() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_subscriptions RENAME TO elsewhere")
    with pytest.raises(CommandError, match=r"manage\.py migrate --database default"):
        command("eventstore_stats")
