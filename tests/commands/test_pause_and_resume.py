"""``manage.py pause_subscription`` and ``resume_subscription``, and what all commands on one subscription share."""

from __future__ import annotations

import pytest
from django.core.management import CommandError
from django.db import connections

from eventstore_django.models import LogHead, SubscriptionShard

from .support import NAME, append, command, declare, employ, run, shard, stored

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

ON_ONE = {
    "pause_subscription": (),
    "resume_subscription": (),
    "reset_subscription": ("--noinput",),
    "retry_parked": (),
    "discard_parked": (1, "--reason=It may go.", "--actor=Ada", "--noinput"),
}


def test_a_paused_subscription_handles_nothing_until_it_is_resumed() -> None:
    handled = declare()
    run()
    assert command("pause_subscription", NAME).out == f"Subscription '{NAME}' is paused.\n"
    positions = append("A", "B")
    run()
    assert (stored().status, handled) == ("paused", [])
    command("resume_subscription", NAME)
    run()
    assert (stored().status, handled) == ("running", positions)


def test_to_pause_twice_changes_nothing() -> None:
    declare()
    run()
    command("pause_subscription", NAME)
    command("pause_subscription", NAME)
    assert stored().status == "paused"


def test_to_pause_needs_no_worker() -> None:
    declare()
    run()
    assert command("pause_subscription", NAME).err == ""


@pytest.mark.parametrize("name", ["pause_subscription", "resume_subscription"])
def test_workers_are_told(name: str) -> None:
    declare()
    run()
    before = LogHead.objects.get(pk=LogHead.CHANGES).revision
    command(name, NAME)
    assert LogHead.objects.get(pk=LogHead.CHANGES).revision > before


def test_resume_says_where_it_goes_on() -> None:
    *_, last = append("A", "B")
    declare(shards=2)
    run()
    SubscriptionShard.objects.filter(number=1).update(position=last - 1)
    assert command("resume_subscription", NAME).out == f"Subscription '{NAME}' goes on behind position {last - 1}.\n"


def test_resume_of_a_stopped_subscription_gives_the_event_all_its_attempts_again() -> None:
    declare()
    run()
    type(stored()).objects.update(status="stopped")
    SubscriptionShard.objects.update(attempts=5, attempt_position=7)
    command("resume_subscription", NAME)
    assert (stored().status, shard().attempts) == ("running", 0)


# Whether anything happens


@pytest.mark.parametrize(
    ("names", "seconds"), [((), 60), (("other",), 60), ((NAME,), -1)], ids=["none", "other", "dead"]
)
def test_without_a_worker_that_is_alive_it_says_so(names: tuple[str, ...], seconds: float) -> None:
    declare()
    run()
    employ(*names, seconds=seconds)
    told = command("resume_subscription", NAME).err
    assert told == f"No worker is running it now: 'manage.py run_subscriptions {NAME}' starts one.\n"


def test_with_a_worker_that_is_alive_there_is_nothing_to_say() -> None:
    declare()
    run()
    employ("other")
    employ("another", NAME)
    assert command("resume_subscription", NAME).err == ""


def test_what_is_to_be_typed_can_be_typed_in_a_shell() -> None:
    declare("its balances", shards=1)
    run(using="sqlite")
    told = command("resume_subscription", "its balances", "--database", "sqlite").err
    assert "'manage.py run_subscriptions 'its balances' --database sqlite'" in told


# What goes wrong


@pytest.mark.parametrize(("name", "arguments"), ON_ONE.items(), ids=ON_ONE)
def test_an_unknown_name_is_told_in_one_line_with_the_known_ones(name: str, arguments: tuple[object, ...]) -> None:
    declare("one")
    declare("two")
    run()
    with pytest.raises(CommandError, match=r"^there is no subscription 'three' \(known: one, two\)\.$"):
        command(name, "three", *arguments)


@pytest.mark.parametrize(("name", "arguments"), ON_ONE.items(), ids=ON_ONE)
def test_what_was_never_run_is_not_called_unknown(name: str, arguments: tuple[object, ...]) -> None:
    declare("new")
    with pytest.raises(CommandError, match=r"^Subscription 'new' is declared, but has never been run .*'default'.*$"):
        command(name, "new", *arguments)


@pytest.mark.parametrize(("name", "arguments"), ON_ONE.items(), ids=ON_ONE)
def test_missing_tables_are_told_in_one_line(name: str, arguments: tuple[object, ...]) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_subscriptions RENAME TO elsewhere")
    with pytest.raises(CommandError, match=r"manage\.py migrate --database default") as error:
        command(name, NAME, *arguments)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("name", "arguments"), ON_ONE.items(), ids=ON_ONE)
def test_each_works_on_the_database_that_is_named(name: str, arguments: tuple[object, ...]) -> None:
    declare()
    run(using="sqlite")
    with pytest.raises(CommandError, match="has never been run"):
        command(name, NAME, *arguments)
    if name == "discard_parked":
        with pytest.raises(CommandError, match="no event kept aside"):
            command(name, NAME, *arguments, "--database", "sqlite")
    else:
        assert command(name, NAME, *arguments, "--database", "sqlite").out
