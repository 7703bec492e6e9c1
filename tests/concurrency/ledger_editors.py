"""What the processes of the tests of edits do: take money out of one ledger, until there is none."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from eventstore_django import IntervalSnapshotStrategy, Repository
from tests.aggregates.banking import Ledger, Refused

ONE = Decimal(1)
RETRIES = 1000

Form: TypeAlias = Callable[[Repository[Ledger]], Any]


def ledgers() -> Repository[Ledger]:
    """Return the repository that every process uses, with a snapshot every seven events."""
    return Repository(Ledger, snapshots=IntervalSnapshotStrategy(7))


def _by_function(repository: Repository[Ledger]) -> None:
    repository.edit("1", lambda ledger: ledger.withdraw(ONE), retries=RETRIES)


def _by_loop(repository: Repository[Ledger]) -> None:
    for attempt in repository.edit("1", retries=RETRIES):
        with attempt as ledger:
            ledger.withdraw(min(ONE, ledger.balance + 1))


def _by_block(repository: Repository[Ledger]) -> None:
    with repository.edit("1", retries=RETRIES) as ledger:
        ledger.withdraw(ONE)


FORMS: dict[str, Form] = {"function": _by_function, "loop": _by_loop, "block": _by_block}


def withdraw_until_refused(barrier: Any, form: str) -> int:
    """Take out one after the other; return how many there were when the ledger refused."""
    barrier.wait()
    count = 0
    while True:
        try:
            FORMS[form](ledgers())
        except Refused:
            return count
        count += 1


def move_to_and_fro(barrier: Any, source: str, target: str, times: int) -> None:
    """Move one from a ledger to another, so many times."""
    barrier.wait()
    for _ in range(times):
        ledgers().edit_all([source, target], _move, retries=RETRIES)


def _move(source: Ledger, target: Ledger) -> None:
    source.withdraw(ONE)
    target.deposit(ONE)
