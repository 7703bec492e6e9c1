"""``manage.py retry_parked`` and ``discard_parked``."""

from __future__ import annotations

from collections.abc import Callable
from getpass import getuser

import pytest
from django.core.management import CommandError

from eventstore_django.models import ParkedEvent
from eventstore_django.workers import operations

from .support import NAME, OFTEN, append, command, declare, employ, kept, run

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

REASON = "--reason=The account was closed."


@pytest.fixture
def parked() -> list[int]:
    """Two events that wait behind a parked one, and a parked one of another stream; their positions."""
    positions = append("Broken", "A", "B") + append("Broken", stream="Account-2")
    declare()
    run()
    return positions


# Retry


def test_all_that_is_parked_is_marked_and_counted(parked: list[int]) -> None:
    assert command("retry_parked", NAME).out == "Marked to be tried again: 2.\n"
    assert kept() == list(zip(parked, ["retrying", "waiting", "waiting", "retrying"], strict=True))


def test_only_those_of_a_stream_can_be_retried(parked: list[int]) -> None:
    assert command("retry_parked", NAME, "--stream", "Account-2").out == "Marked to be tried again: 1.\n"
    assert kept() == list(zip(parked, ["parked", "waiting", "waiting", "retrying"], strict=True))


def test_only_the_one_at_a_position_can_be_retried(parked: list[int]) -> None:
    assert command("retry_parked", NAME, "--position", parked[0]).out == "Marked to be tried again: 1.\n"
    assert kept() == list(zip(parked, ["retrying", "waiting", "waiting", "parked"], strict=True))


def test_without_a_worker_it_says_so(parked: list[int]) -> None:
    assert "No worker is running it now" in command("retry_parked", NAME).err


def test_with_a_worker_there_is_nothing_more_to_say(parked: list[int]) -> None:
    employ(NAME)
    assert command("retry_parked", NAME).err == ""


def test_of_a_paused_subscription_it_says_that_nothing_happens_yet(parked: list[int]) -> None:
    employ(NAME)
    command("pause_subscription", NAME)
    assert "It is paused" in command("retry_parked", NAME).err


def test_where_nothing_is_kept_aside_it_says_so() -> None:
    declare()
    run()
    answer = command("retry_parked", NAME)
    assert (answer.out, answer.err) == ("Nothing is parked.\n", "")


def test_where_nothing_is_parked_it_says_what_else_there_is() -> None:
    append("Broken", "A", "B")
    declare(retries=OFTEN)
    run()
    answer = command("retry_parked", NAME)
    assert answer.out == "Nothing is parked (1 retrying, 2 waiting).\n"
    assert "No worker is running it now" in answer.err


def test_a_position_where_nothing_is_parked_is_an_error(parked: list[int]) -> None:
    with pytest.raises(CommandError, match=rf"^The event at position {parked[-1] + 1} is not parked\.$"):
        command("retry_parked", NAME, "--position", parked[-1] + 1)


def test_a_position_that_waits_behind_another_is_an_error_that_says_so(parked: list[int]) -> None:
    with pytest.raises(CommandError, match=rf"^The event at position {parked[1]} is not parked \(1 waiting\)\.$"):
        command("retry_parked", NAME, "--position", parked[1])


# List


def test_the_list_shows_each_failed_event_with_attempts_and_error(parked: list[int]) -> None:
    headings, first, second, waiting = command("retry_parked", NAME, "--list").out.splitlines()
    assert headings.split() == ["position", "attempts", "status", "since", "stream", "event", "type", "error"]
    assert first.split()[:3] == [str(parked[0]), "1", "parked"]
    assert first.endswith(f"Account-1  Broken      tests.commands.support.Broken: at {parked[0]}")
    assert second.split()[:3] == [str(parked[3]), "1", "parked"]
    assert waiting == "Held back behind them in their streams: 2."


def test_the_list_changes_nothing(parked: list[int]) -> None:
    before = kept()
    command("retry_parked", NAME, "--list")
    assert kept() == before


def test_the_list_can_be_of_one_stream(parked: list[int]) -> None:
    lines = command("retry_parked", NAME, "--list", "--stream", "Account-2").out.splitlines()
    assert [line.split()[0] for line in lines] == ["position", str(parked[3])]


def test_the_list_can_be_of_one_position(parked: list[int]) -> None:
    lines = command("retry_parked", NAME, "--list", "--position", parked[0]).out.splitlines()
    assert [line.split()[0] for line in lines] == ["position", str(parked[0])]


def test_the_list_shows_what_is_being_retried_too() -> None:
    append("Broken")
    declare(retries=OFTEN)
    run()
    assert " retrying " in command("retry_parked", NAME, "--list").out


def test_an_empty_list_says_so() -> None:
    declare()
    run()
    assert command("retry_parked", NAME, "--list").out == "Nothing is parked.\n"


def test_the_list_leaves_out_what_was_discarded(parked: list[int]) -> None:
    operations.discard_parked("default", NAME, parked[3], reason="It may go.", actor="Ada")
    assert str(parked[3]) not in command("retry_parked", NAME, "--list").out.split()


def test_an_attempt_that_ended_its_process_has_no_error_to_show(parked: list[int]) -> None:
    ParkedEvent.objects.update(error="")
    assert "Broken" in command("retry_parked", NAME, "--list").out


# Discard


def discard(position: int, *options: object) -> str:
    return command("discard_parked", NAME, position, *options).out


def test_a_discarded_event_is_left_out_with_reason_and_actor(parked: list[int]) -> None:
    told = discard(parked[0], REASON, "--actor=Ada", "--noinput")
    assert told == f"The event at position {parked[0]} is discarded, by Ada.\n"
    row = ParkedEvent.objects.get(position=parked[0])
    assert (row.status, row.reason, row.actor) == ("discarded", "The account was closed.", "Ada")


def test_what_waits_behind_it_goes_on(parked: list[int]) -> None:
    discard(parked[0], REASON, "--noinput")
    run()
    assert kept() == [(parked[0], "discarded"), (parked[3], "parked")]


def test_without_a_worker_that_goes_on_it_says_so(parked: list[int]) -> None:
    assert "No worker is running it now" in command("discard_parked", NAME, parked[0], REASON, "--noinput").err


def test_the_actor_is_the_user_of_the_process_where_none_is_named(parked: list[int]) -> None:
    discard(parked[0], REASON, "--noinput")
    assert ParkedEvent.objects.get(position=parked[0]).actor == getuser()


@pytest.mark.parametrize("error", [OSError, KeyError])
def test_a_user_without_a_name_must_say_who_it_is(
    parked: list[int], monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def nameless() -> str:
        raise error("uid not found: 4711")

    monkeypatch.setattr("eventstore_django.management.commands.discard_parked.getuser", nameless)
    with pytest.raises(CommandError, match="--actor NAME"):
        discard(parked[0], REASON, "--noinput")
    assert discard(parked[0], REASON, "--noinput", "--actor=Ada")


@pytest.mark.parametrize("options", [["--reason="], ["--reason= "], [REASON, "--actor="]])
def test_reason_and_actor_must_say_something(parked: list[int], options: list[str]) -> None:
    with pytest.raises(CommandError, match="needs a reason and an actor"):
        discard(parked[0], *options, "--noinput")
    assert kept()[0] == (parked[0], "parked")


def test_a_reason_must_be_given(parked: list[int]) -> None:
    with pytest.raises(CommandError, match="--reason"):
        discard(parked[0], "--noinput")


def test_a_position_without_such_an_event_is_told_in_one_line_without_a_question(parked: list[int]) -> None:
    with pytest.raises(CommandError, match=rf"'{NAME}' has no event kept aside at position {parked[3] + 1}\.$"):
        discard(parked[3] + 1, REASON)


def test_it_shows_the_event_and_asks(parked: list[int], answers: Callable[[str], None]) -> None:
    answers(f"{parked[0]}\n")
    assert discard(parked[0], REASON, "--actor=Ada").splitlines() == [
        "Broken of stream 'Account-1', parked, attempts: 1.",
        f"  tests.commands.support.Broken: at {parked[0]}",
        f"Subscription '{NAME}' will never handle it; events that wait behind it: 2.",
        f"The event at position {parked[0]} is discarded, by Ada.",
    ]


@pytest.mark.parametrize("answer", ["y\n", "\n", "0\n", ""], ids=repr)
def test_every_other_answer_does_nothing(parked: list[int], answers: Callable[[str], None], answer: str) -> None:
    answers(answer)
    with pytest.raises(CommandError, match=r"^Nothing was changed"):
        discard(parked[0], REASON)
    assert kept()[0] == (parked[0], "parked")
