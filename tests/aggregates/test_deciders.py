from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from eventstore_django import AppliedEvent, Decider, NewEvent
from eventstore_django.aggregates.registry import aggregate_class, registry


@dataclass(frozen=True)
class Purse:
    owner: str = ""
    amount: Decimal = Decimal(0)


@dataclass(frozen=True)
class Pay:
    amount: Decimal


def decide(command: Pay, state: Purse) -> list[NewEvent]:
    if command.amount < 0:
        raise ValueError("less than nothing")
    return [NewEvent("Paid", {"amount": command.amount})] if command.amount else []


def evolve(state: Purse, event: AppliedEvent) -> Purse:
    return replace(state, amount=state.amount + Decimal(event.payload["amount"]))


PURSES = Decider("Purse", Purse, decide, evolve, registered=False)


def test_a_command_leads_to_events_and_these_to_another_state() -> None:
    purse = PURSES.aggregate_class("1")
    purse.execute(Pay(Decimal("1.50")))
    purse.execute(Pay(Decimal(2)))
    assert purse.state == Purse(amount=Decimal("3.50"))
    assert [event.payload["amount"] for event in purse.pending_events] == [Decimal("1.50"), Decimal(2)]


def test_a_command_may_lead_to_nothing() -> None:
    purse = PURSES.aggregate_class("1")
    purse.execute(Pay(Decimal(0)))
    assert purse.pending_events == ()


def test_a_refused_command_raises_no_event() -> None:
    purse = PURSES.aggregate_class("1")
    with pytest.raises(ValueError, match="nothing"):
        purse.execute(Pay(Decimal(-1)))
    assert (purse.pending_events, purse.state) == ((), Purse())


def test_all_events_of_a_command_are_decided_on_the_same_state() -> None:
    def twice(command: str, state: list[str]) -> Any:
        for _ in range(2):
            yield NewEvent("Said", {"what": command, "after": len(state)})

    said = Decider(
        "Said", list, twice, lambda state, event: [*state, event.payload["what"]], registered=False
    ).aggregate_class("1")
    said.execute("a")
    assert [event.payload["after"] for event in said.pending_events] == [0, 0]
    assert said.state == ["a", "a"]


def test_the_state_is_shown_by_its_fields() -> None:
    purse = PURSES.aggregate_class("1")
    assert purse.displayed_state() == {"owner": "", "amount": "0"}


def test_both_halves_of_a_snapshot_are_needed() -> None:
    with pytest.raises(TypeError, match="both"):
        Decider("Purse", Purse, decide, evolve, to_snapshot=lambda state: {}, registered=False)


def test_a_decider_is_found_by_its_type() -> None:
    one = Decider("PurseOfTheTest", Purse, decide, evolve)
    other = Decider("OtherOfTheTest", Purse, decide, evolve)
    try:
        assert aggregate_class("PurseOfTheTest") is one.aggregate_class
        assert aggregate_class("OtherOfTheTest") is other.aggregate_class
    finally:
        registry.remove(one.aggregate_class)
        registry.remove(other.aggregate_class)
