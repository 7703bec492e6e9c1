"""``manage.py reset_subscription``: what it says beforehand, how it asks, what it does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import CommandError

from eventstore_django import RecordedEvent, subscription
from eventstore_django.models import SubscriptionShard
from eventstore_django.subscriptions.declarations import registry

from .support import NAME, append, command, declare, employ, kept, run, shard, stored

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


def declare_resettable() -> list[int]:
    """Declare a handler that can empty what it has filled."""
    handled: list[int] = []

    @subscription(NAME)
    class Handler:
        def handle(self, event: RecordedEvent) -> None:
            handled.append(event.position)

        def reset(self) -> None:
            handled.clear()

    return handled


def told(*arguments: object) -> list[str]:
    """Return what it says before it does it."""
    return command("reset_subscription", NAME, "--noinput", *arguments).out.splitlines()


# What it does


def test_everything_is_handled_again() -> None:
    handled = declare()
    positions = append("A", "B")
    run()
    told()
    run()
    assert handled == positions * 2


def test_behind_a_position_only_what_comes_after_it_is_handled_again() -> None:
    handled = declare()
    positions = append("A", "B", "C")
    run()
    told("--position", positions[0])
    assert shard().position == positions[0]
    run()
    assert handled == positions + positions[1:]


def test_to_now_leaves_out_what_is_there() -> None:
    handled = declare()
    run()
    append("A", "B")
    told("--to-now")
    new = append("C")
    run()
    assert handled == new


def test_the_handler_empties_its_read_model() -> None:
    handled = declare_resettable()
    append("A", "B")
    run()
    told()
    assert handled == []


def test_what_was_parked_is_so_no_longer() -> None:
    declare()
    append("Broken", "A")
    run()
    told()
    assert kept() == []


def test_a_position_beyond_the_log_is_told_in_one_line() -> None:
    declare()
    (position,) = append("A")
    run()
    beyond = position + 10**6
    with pytest.raises(CommandError, match=rf"^The log ends at position \d+: .* can't begin behind {beyond}\.$"):
        told("--position", beyond)
    assert shard().position == position


def test_a_negative_position_is_told_in_one_line() -> None:
    declare()
    run()
    with pytest.raises(CommandError, match="position 0 or later, not -1"):
        told("--position=-1")


def test_two_places_to_begin_are_refused() -> None:
    with pytest.raises(CommandError, match="not allowed with"):
        told("--position=1", "--to-now")


# What it says


def test_it_says_what_is_handled_again() -> None:
    *_, last = append("A", "B")
    declare()
    run()
    assert told() == [
        f"Subscription '{NAME}', now at position {last}, begins anew behind position 0.",
        f"- Its events from position 1 to {last} are handled again.",
        "- Its handler has no reset(): what it has written stays.",
        f"Subscription '{NAME}' was reset.",
    ]


def test_it_says_what_is_left_out() -> None:
    declare()
    run()
    before = shard().position
    *_, last = append("A", "B")
    assert told("--to-now")[:2] == [
        f"Subscription '{NAME}', now at position {before}, begins anew behind position {last}.",
        f"- Its events from position {before + 1} to {last} are left out.",
    ]


def test_it_says_both_where_shards_stand_on_both_sides() -> None:
    first, second, third = append("A", "B", "C")
    declare(shards=2)
    run()
    SubscriptionShard.objects.filter(number=0).update(position=first)
    assert told("--position", second)[:3] == [
        f"Subscription '{NAME}', now at positions {first} to {third}, begins anew behind position {second}.",
        f"- Its events from position {third} to {third} are handled again.",
        f"- Its events from position {second} to {second} are left out.",
    ]


def test_it_says_that_the_read_model_is_emptied() -> None:
    declare_resettable()
    run()
    assert "- Its handler empties its read model by reset()." in told()


def test_it_says_that_an_emptied_read_model_will_lack_what_is_left_out() -> None:
    (position,) = append("A")
    declare_resettable()
    run()
    line = f"- Its handler empties its read model by reset(); it will lack what came up to position {position}."
    assert line in told("--position", position)


def test_it_says_that_nobody_declares_it() -> None:
    declare()
    run()
    registry.remove(registry.all()[0])
    assert "- It is declared nowhere in this project: no reset() is called, what was written stays." in told()


def test_it_says_how_many_events_are_parked_no_longer() -> None:
    append("Broken", "A")
    declare()
    run()
    assert "- Events that are parked or held back are so no longer: 2." in told()


def test_what_was_discarded_is_not_counted_as_parked() -> None:
    (position,) = append("Broken")
    declare()
    run()
    command("discard_parked", NAME, position, "--reason=It may go.", "--noinput")
    assert not any("parked" in line for line in told())


def test_it_says_that_a_rebuild_is_thrown_away() -> None:
    line = "- What a rebuild has replayed so far is thrown away."
    declare()
    run()
    assert line not in told()
    SubscriptionShard.objects.create(subscription=stored(), version=2, number=0)
    assert line in told()


def test_of_a_paused_subscription_it_says_that_nothing_happens_yet() -> None:
    declare()
    run()
    employ(NAME)
    command("pause_subscription", NAME)
    answer = command("reset_subscription", NAME, "--noinput")
    assert answer.err == f"It is paused: nothing is handled before 'manage.py resume_subscription {NAME}'.\n"
    assert stored().status == "paused"


def test_without_a_worker_it_says_so() -> None:
    declare()
    run()
    assert "No worker is running it now" in command("reset_subscription", NAME, "--no-input").err


# How it asks


def test_to_type_the_name_does_it(answers: Callable[[str], None]) -> None:
    append("A")
    declare()
    run()
    answers(f" {NAME}\n")
    command("reset_subscription", NAME)
    assert shard().position == 0


@pytest.mark.parametrize("answer", ["y\n", "yes\n", "\n", "Balances\n", ""], ids=repr)
def test_everything_else_does_nothing(answers: Callable[[str], None], answer: str) -> None:
    (position,) = append("A")
    declare()
    run()
    answers(answer)
    with pytest.raises(CommandError, match=r"^Nothing was changed"):
        command("reset_subscription", NAME)
    assert shard().position == position


def test_where_nobody_can_answer_it_says_what_to_do(answers: Callable[[str], None]) -> None:
    declare()
    run()
    answers("")
    with pytest.raises(CommandError, match="--noinput"):
        command("reset_subscription", NAME)


def test_ctrl_c_at_the_question_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    (position,) = append("A")
    declare()
    run()

    def interrupted(prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    with pytest.raises(CommandError, match=r"^Nothing was changed\.$") as error:
        command("reset_subscription", NAME)
    assert error.value.returncode == 130
    assert shard().position == position
