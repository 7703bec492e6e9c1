from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from eventstore_django import AppliedEvent, Decider, InvalidSnapshot, NewEvent
from eventstore_django.encoding import JSONObject
from eventstore_django.testing.scenarios import Given, assert_snapshot_keeps_state, given

from .banking import TEN, Ledger, Refused, opened

pytest_plugins = ["pytester"]

OPENED = NewEvent("Opened", {"owner": "Ada"})
DEPOSITED = NewEvent("Deposited", {"amount": TEN})


def _evolve(state: int, event: AppliedEvent) -> int:
    return state + int(event.payload["number"])


def _decide(command: int, state: int) -> list[NewEvent]:
    return [NewEvent("Added", {"number": command})]


COUNTER: Decider[int, int] = Decider("Counter", int, _decide, _evolve, registered=False)


def _withdraw(amount: Decimal) -> Callable[[Ledger], None]:
    return lambda ledger: ledger.withdraw(amount)


def test_events_are_raised() -> None:
    outcome = given(Ledger, OPENED, DEPOSITED).when(_withdraw(Decimal(4)))
    outcome.then(NewEvent("Withdrawn", {"amount": Decimal(4)})).then_state(balance=Decimal(6), owner="Ada")
    assert outcome.aggregate.version == 2


def test_other_events_are_told_line_by_line() -> None:
    outcome = given(Ledger, OPENED, DEPOSITED).when(_withdraw(Decimal(4)))
    with pytest.raises(AssertionError) as caught:
        outcome.then(NewEvent("Withdrawn", {"amount": Decimal(5)}))
    lines = str(caught.value).splitlines()
    assert lines[0] == "Ledger raised other events (- expected, + actual):"
    assert '-   "amount": "5"' in lines
    assert '+   "amount": "4"' in lines
    assert "  Withdrawn {" in lines


@pytest.mark.parametrize("expected", [[], [DEPOSITED, DEPOSITED], [NewEvent("Deposited", {})]])
def test_too_few_too_many_and_others_are_told(expected: list[NewEvent]) -> None:
    outcome = given(Ledger, OPENED).when(lambda ledger: ledger.deposit(TEN))
    with pytest.raises(AssertionError, match="other events"):
        outcome.then(*expected)
    outcome.then(DEPOSITED)


def test_nothing_is_raised() -> None:
    given(Ledger, OPENED).when(lambda ledger: None).then_nothing()
    with pytest.raises(AssertionError):
        given(Ledger, OPENED).when(lambda ledger: ledger.deposit(TEN)).then_nothing()


def test_a_refusal_is_expected() -> None:
    given(Ledger, OPENED).when(_withdraw(TEN)).then_raises(Refused, match="too much").then_state(balance=0)


def test_another_refusal_or_none_is_told() -> None:
    with pytest.raises(AssertionError, match="was to raise KeyError, and raised Refused"):
        given(Ledger, OPENED).when(_withdraw(TEN)).then_raises(KeyError)
    with pytest.raises(AssertionError, match="matching 'poor'"):
        given(Ledger, OPENED).when(_withdraw(TEN)).then_raises(Refused, match="poor")
    with pytest.raises(AssertionError, match="was to raise Refused, and recorded:\nWithdrawn"):
        given(Ledger, OPENED, DEPOSITED).when(_withdraw(TEN)).then_raises(Refused)


def test_a_refusal_that_nobody_expects_is_told() -> None:
    outcome = given(Ledger, OPENED).when(_withdraw(TEN))
    for look in (outcome.then, outcome.then_nothing, outcome.then_state):
        with pytest.raises(AssertionError, match="Ledger raised Refused"):
            look()


def test_events_before_a_refusal_are_told() -> None:
    def pay_twice(ledger: Ledger) -> None:
        ledger.withdraw(TEN)
        ledger.withdraw(TEN)

    with pytest.raises(AssertionError, match="raised events and Refused"):
        given(Ledger, OPENED, DEPOSITED).when(pay_twice).then_raises(Refused)


def test_another_state_is_told() -> None:
    outcome = given(Ledger, OPENED).when(lambda ledger: ledger.deposit(TEN))
    with pytest.raises(AssertionError) as caught:
        outcome.then_state(balance=Decimal(1), owner="Ada")
    assert "- balance = Decimal('1')" in str(caught.value)
    assert "  owner = 'Ada'" in str(caught.value)


def test_a_decider_decides_on_a_command() -> None:
    outcome = given(COUNTER, NewEvent("Added", {"number": 2})).when(3)
    outcome.then(NewEvent("Added", {"number": 3})).then_state(5)
    with pytest.raises(AssertionError, match="another state"):
        outcome.then_state(6)


def test_a_snapshot_that_keeps_the_state_is_fine() -> None:
    assert_snapshot_keeps_state(opened(deposits=3))


def test_a_snapshot_that_loses_state_is_told() -> None:
    class Forgetful(Ledger, registered=False):
        def from_snapshot(self, data: JSONObject) -> None:
            super().from_snapshot({**data, "owner": ""})

    forgetful = Forgetful("1")
    forgetful.open("Ada")
    with pytest.raises(AssertionError) as caught:
        assert_snapshot_keeps_state(forgetful)
    assert "- owner = 'Ada'" in str(caught.value)
    assert_snapshot_keeps_state(forgetful, lambda ledger: ledger.balance)


def test_a_snapshot_that_cannot_be_stored_is_told() -> None:
    class Bad(Ledger, registered=False):
        def to_snapshot(self) -> JSONObject:
            return {"a": {1}}

    with pytest.raises(InvalidSnapshot):
        assert_snapshot_keeps_state(Bad("1"))


def test_the_fixture_finds_a_scenario_without_then(pytester: Any) -> None:
    pytester.makeconftest('pytest_plugins = ["eventstore_django.testing.plugin"]')
    pytester.makepyfile(
        """
        from eventstore_django import Decider

        COUNTER = Decider("Counter", int, lambda command, state: [], lambda state, event: state, registered=False)

        def test_complete(given):
            given(COUNTER).when(1).then_nothing()

        def test_forgotten(given):
            given(COUNTER).when(1)
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:django", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*has no then*"])


def test_a_scenario_that_was_looked_at_is_known_as_such() -> None:
    scenario: Given[Ledger] = given(Ledger, OPENED)
    outcome = scenario.when(lambda ledger: ledger.deposit(TEN))
    assert not scenario.is_checked
    outcome.then(DEPOSITED)
    assert scenario.is_checked
