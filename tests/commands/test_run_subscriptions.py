"""``manage.py run_subscriptions``: what it runs, and what it says. How workers behave is tested elsewhere."""

from __future__ import annotations

import os
import signal

import pytest
from django.core.management import CommandError

from eventstore_django import RecordedEvent, subscription
from eventstore_django.models import Subscription, Worker

from .support import ONCE, Broken, append, command, declare, kept, shard

pytestmark = pytest.mark.django_db(transaction=True)


def test_once_handles_what_is_there_and_ends() -> None:
    handled = declare()
    positions = append("A", "B")
    out = command("run_subscriptions", "--once").out
    assert handled == positions
    assert "balances[0]: claimed at position 0\n" in out
    assert out.splitlines()[-1].endswith("has given everything back")
    assert not Worker.objects.exists()


def test_once_again_handles_only_what_is_new() -> None:
    handled = declare()
    append("A")
    command("run_subscriptions", "--once")
    handled.clear()
    new = append("B")
    command("run_subscriptions", "--once")
    assert handled == new


def test_once_with_nothing_to_do_ends_too() -> None:
    declare()
    command("run_subscriptions", "--once")
    assert shard().owner is None


def test_a_failing_event_is_told_and_ends_nothing() -> None:
    declare()
    position, _ = append("Broken", "A")
    out = command("run_subscriptions", "--once").out
    assert f"parked 'Account-1' at position {position} (Broken: at {position})" in out
    assert kept()[0] == (position, "parked")


def test_once_fails_when_a_handler_has_stopped_its_subscription() -> None:
    @subscription("strict", on_error="stop", retries=ONCE)
    def handle(event: RecordedEvent) -> None:
        raise Broken("can't")

    declare("other")
    append("A")
    with pytest.raises(CommandError, match=r"handler: strict at position \d+ \(.*Broken: can't\)\. Go on with resume"):
        command("run_subscriptions", "--once")


def test_only_what_is_named_is_run() -> None:
    one, two = declare("one"), declare("two")
    positions = append("A")
    out = command("run_subscriptions", "two", "--once").out
    assert (one, two) == ([], positions)
    assert " runs two\n" in out
    assert not Subscription.objects.filter(pk="one").exists()


def test_an_unknown_name_is_told_in_one_line_with_the_known_ones() -> None:
    declare("one")
    declare("two")
    with pytest.raises(CommandError, match=r"^there is no subscription 'three' \(known: one, two\)\.$"):
        command("run_subscriptions", "one", "three", "--once")
    assert not Subscription.objects.exists()


def test_where_nothing_is_declared_it_says_where_to_declare() -> None:
    with pytest.raises(CommandError, match="put one into the module subscribers of an app"):
        command("run_subscriptions")


def test_it_follows_until_it_is_asked_to_stop() -> None:
    handled: list[int] = []

    @subscription("ending")
    def handle(event: RecordedEvent) -> None:
        handled.append(event.position)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    first, _ = append("A", "B")
    out = command("run_subscriptions").out
    assert handled == [first]
    assert out.splitlines()[-1].endswith("has given everything back")
    assert signal.getsignal(signal.SIGTERM) == before


def test_it_lists_without_running_anything() -> None:
    handled = declare()
    append("A")
    assert command("run_subscriptions", "--list").out == "Never run yet: balances.\n"
    assert handled == []
    assert not Worker.objects.exists()
