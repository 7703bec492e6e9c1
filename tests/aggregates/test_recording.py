from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eventstore_django.aggregates.recording import Recorder

from .banking import TEN, Ledger, Refused, opened


def _try_to_withdraw(ledger: Ledger) -> None:
    with pytest.raises(Refused):
        ledger.withdraw(5 * TEN)


def test_calls_are_made_again_on_another_aggregate() -> None:
    watched, other = opened(deposits=1), opened(deposits=3)
    recorder = Recorder(watched)
    watched.deposit(TEN)
    watched.withdraw(amount=2 * TEN)
    recorder.stop()
    recorder.repeat(other)
    assert (watched.balance, other.balance, recorder.has_learned) == (0 * TEN, 2 * TEN, False)


@pytest.mark.parametrize(
    "action",
    [
        lambda ledger: ledger.balance,
        lambda ledger: ledger.notes.append("x"),
        lambda ledger: ledger.has(TEN),
        lambda ledger: ledger.version,
        lambda ledger: ledger.pending_events,
        lambda ledger: vars(ledger)["balance"],
        lambda ledger: ledger.to_snapshot(),
        lambda ledger: hasattr(ledger, "closed"),
        lambda ledger: setattr(ledger, "owner", "Grace"),
        repr,
        _try_to_withdraw,
    ],
)
def test_what_is_read_of_it_is_noted(action: Callable[[Ledger], Any]) -> None:
    ledger = opened()
    recorder = Recorder(ledger)
    action(ledger)
    assert recorder.has_learned


@pytest.mark.parametrize(
    "action",
    [
        lambda ledger: ledger.deposit(TEN),
        lambda ledger: ledger.raise_event("Deposited", {"amount": 1}),
        lambda ledger: ledger.id,
        lambda ledger: isinstance(ledger, Ledger),
    ],
)
def test_what_tells_nothing_of_the_state_is_not_noted(action: Callable[[Ledger], Any]) -> None:
    ledger = opened()
    recorder = Recorder(ledger)
    action(ledger)
    assert not recorder.has_learned


def test_a_call_within_a_call_is_made_once() -> None:
    class Doubling(Ledger, registered=False):
        def double(self) -> None:
            self.deposit(self.balance)

    watched, other = Doubling("1"), Doubling("1")
    for ledger in (watched, other):
        ledger.deposit(TEN)
    recorder = Recorder(watched)
    watched.double()
    recorder.stop()
    recorder.repeat(other)
    assert len(recorder.calls) == 1
    assert watched.balance == other.balance == 2 * TEN


def test_the_aggregate_is_what_it_was_afterwards() -> None:
    ledger = opened()
    names = set(vars(ledger))
    recorder = Recorder(ledger)
    assert isinstance(ledger, Ledger)
    recorder.stop()
    assert type(ledger) is Ledger
    assert set(vars(ledger)) == names
