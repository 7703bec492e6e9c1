"""``manage.py list_subscriptions``, and what ``run_subscriptions --list`` shows as well."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError
from django.db import connections
from django.utils.dateparse import parse_datetime

from eventstore_django.models import Subscription, SubscriptionShard
from eventstore_django.subscriptions.declarations import registry

from .support import NAME, append, command, declare, employ, run

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


@pytest.fixture(params=[["list_subscriptions"], ["run_subscriptions", "--list"]], ids=lambda words: words[0])
def listing(request: pytest.FixtureRequest) -> list[str]:
    return list(request.param)


def cells(text: str) -> list[dict[str, str]]:
    """Return the rows of a table by its headings."""
    headings, *lines = [line.replace("lag (s)", "seconds").split() for line in text.splitlines()]
    return [dict(zip(headings, line, strict=True)) for line in lines]


def test_each_subscription_has_a_line(listing: list[str]) -> None:
    *_, last = append("A", "B", "C")
    declare("one")
    declare("two", shards=3)
    run("one")
    run("two")
    append("D")
    rows = cells(command(*listing).out)
    assert [row["name"] for row in rows] == ["one", "two"]
    assert [row["shards"] for row in rows] == ["1", "3"]
    assert rows[0]["position"] == str(last)
    assert {row["lag"] for row in rows} == {"1"}
    assert {row["status"] for row in rows} == {"running"}
    assert {row["workers"] for row in rows} == {"-"}


def test_only_what_is_named_is_shown(listing: list[str]) -> None:
    for name in ("one", "two", "three"):
        declare(name)
    run()
    assert [row["name"] for row in cells(command(*listing, "two", "one").out)] == ["one", "two"]


def test_what_is_parked_and_held_back_is_counted() -> None:
    append("Broken", "A", "B")
    append("Broken", stream="Account-2")
    declare()
    run()
    (row,) = cells(command("list_subscriptions").out)
    assert (row["parked"], row["held"]) == ("2", "2")


def test_the_owners_of_shards_are_named() -> None:
    declare()
    run()
    employ(NAME)
    SubscriptionShard.objects.update(
        owner="00000000-0000-0000-0000-000000000001", lease_until=parse_datetime("2999-01-01T00:00Z")
    )
    (row,) = cells(command("list_subscriptions").out)
    assert row["workers"] == "00000000-0000-0000-0000-000000000001"


def test_the_last_error_stands_below_the_line_without_its_traceback() -> None:
    declare()
    run()
    error = "Traceback (most recent call last):\n  File\n    code\nValueError: it is \x1b[31mred\nDETAIL: none\n"
    at = parse_datetime("2026-01-02T03:04:05Z")
    Subscription.objects.update(status="stopped", last_error=error, last_error_at=at)
    assert command("list_subscriptions").out.splitlines()[2:] == [
        "  2026-01-02 03:04:05 UTC  ValueError: it is \\x1b[31mred"
    ]


def test_what_is_declared_and_was_never_run_is_told(listing: list[str]) -> None:
    declare("one")
    run()
    declare("two")
    assert command(*listing).out.splitlines()[-1] == "Never run yet: two."
    assert command(*listing, "two").out == "Never run yet: two.\n"
    assert "Never run" not in command(*listing, "one").out


def test_what_is_stored_and_declared_no_longer_is_told(listing: list[str]) -> None:
    declare("old")
    run()
    registry.remove(registry.all()[0])
    assert command(*listing).out.splitlines()[-1] == "Declared no longer: old."
    assert command(*listing, "old").out.splitlines()[-1] == "Declared no longer: old."


def test_where_nothing_is_declared_it_says_where_to_begin(listing: list[str]) -> None:
    assert "subscribers" in command(*listing).out


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_an_unknown_name_is_told_in_one_line_with_the_known_ones(option: tuple[str, ...]) -> None:
    declare("one")
    run()
    declare("two")
    with pytest.raises(CommandError, match=r"^there is no subscription 'three' \(known: one, two\)\.$"):
        command("list_subscriptions", "three", *option)


def test_another_database_can_be_named(listing: list[str]) -> None:
    declare("one")
    run(using="sqlite")
    assert command(*listing).out == "Never run yet: one.\n"
    assert [row["name"] for row in cells(command(*listing, "--database", "sqlite").out)] == ["one"]


def test_missing_tables_are_told_in_one_line() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_subscriptions RENAME TO elsewhere")
    with pytest.raises(CommandError, match=r"manage\.py migrate --database default") as error:
        command("list_subscriptions")
    assert "\n" not in str(error.value)


# JSON


def test_json_holds_everything_with_each_shard() -> None:
    *_, last = append("A", "Broken", "B")
    declare(shards=2)
    run()
    at = parse_datetime("2026-01-02T03:04:05.678Z")
    Subscription.objects.update(last_error="It broke.", last_error_at=at)
    (found,) = json.loads(command("list_subscriptions", "--json").out)
    assert [part.pop("number") for part in found["shards"]] == [0, 1]
    handled = [part.pop("handled") for part in found["shards"]]
    assert sorted(handled) == [0, 1]
    of_each = {"position": last, "lag": 0, "lag_seconds": 0.0}
    assert found == {
        "name": NAME,
        "status": "running",
        "version": 1,
        "shards": [{**of_each, "owner": None}] * 2,
        **of_each,
        "parked": 1,
        "held": 1,
        "last_error": "It broke.",
        "last_error_at": "2026-01-02T03:04:05.678Z",
    }


def test_json_tells_the_lag_of_the_shard_that_is_furthest_behind() -> None:
    append("A", "B")
    declare(shards=2)
    run()
    SubscriptionShard.objects.filter(number=1).update(position=shard_position() - 1)
    (found,) = json.loads(command("list_subscriptions", NAME, "--json").out)
    assert (found["lag"], [part["lag"] for part in found["shards"]]) == (1, [0, 1])
    assert found["lag_seconds"] == found["shards"][1]["lag_seconds"] > 0


def shard_position() -> int:
    return SubscriptionShard.objects.get(number=0).position


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads(command("list_subscriptions", "--json").out) == []


def test_json_of_one_subscription_is_a_list_too() -> None:
    declare("one")
    declare("two")
    run()
    assert [found["name"] for found in json.loads(command("list_subscriptions", "one", "--json").out)] == ["one"]
