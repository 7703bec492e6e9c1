"""Edits, snapshots and erasures at the same time."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import IsolationLevel

from eventstore_django import AggregateSnapshot, ConcurrencyError, EventStore
from eventstore_django.erasure import erasure
from eventstore_django.models import Event, Snapshot
from tests.aggregates.banking import TEN, Ledger, opened

from .conftest import OpenSession
from .ledger_editors import FORMS, ledgers, move_to_and_fro, withdraw_until_refused
from .processes import Workers, shared_barrier

pytestmark = pytest.mark.django_db(transaction=True)

EDITORS = 4
DEPOSITS = 3
SECONDS = 120.0


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_no_decision_is_made_on_a_stale_state(form: str, store: EventStore, workers: Workers) -> None:
    ledgers().save(opened(deposits=DEPOSITS))
    barrier = shared_barrier(EDITORS)
    pipes = [workers.start(withdraw_until_refused, barrier, form) for _ in range(EDITORS)]
    counts = workers.results(pipes, SECONDS)
    assert sum(counts) == DEPOSITS * 10
    assert ledgers().get("1").balance == 0
    assert store.get_stream_version("Ledger-1") == 1 + DEPOSITS + DEPOSITS * 10
    snapshot = store.get_snapshot("1")
    assert snapshot is not None
    assert snapshot.data == _from_events(snapshot.version)


@pytest.mark.slow
def test_transfers_that_cross_each_other_lose_nothing(store: EventStore, workers: Workers) -> None:
    ledgers().save_all(opened("1", deposits=4), opened("2", deposits=4))
    barrier = shared_barrier(EDITORS)
    ways = [("1", "2"), ("2", "1"), ("1", "2"), ("2", "1")]
    workers.results([workers.start(move_to_and_fro, barrier, *way, 10) for way in ways], SECONDS)
    assert [ledgers().get(ledger_id).balance for ledger_id in "12"] == [4 * TEN, 4 * TEN]
    assert store.get_stream_version("Ledger-1") == store.get_stream_version("Ledger-2") == 5 + 40


def _from_events(version: int) -> dict[str, Any]:
    replayed = Ledger.replay("1", EventStore().get_events("Ledger-1", to_version=version))
    return {**replayed.to_snapshot(), "balance": str(replayed.balance)}


def test_who_comes_second_decides_on_what_the_first_has_left(session: OpenSession) -> None:
    ledgers().save(opened(deposits=2))
    first, second = session(), session()
    first.begin()
    first.run(_withdraw, 10)
    waiting = second.block(_withdraw, 10)
    first.commit()
    assert waiting.result(60) == 5
    assert ledgers().get("1").balance == 0


def test_a_transaction_that_sees_one_state_only_is_told_at_once(session: OpenSession) -> None:
    ledgers().save(opened(deposits=2))
    editor = session(isolation=IsolationLevel.REPEATABLE_READ)
    editor.begin()
    editor.run(ledgers().get, "1")
    ledgers().edit("1", lambda ledger: ledger.withdraw(TEN))
    seen: list[int] = []
    with pytest.raises(ConcurrencyError) as caught:
        editor.run(_note_and_deposit, seen)
    assert (caught.value.actual, seen) == (None, [3])
    assert editor.run(EventStore().get_stream_version, "Ledger-1") == 3


def _note_and_deposit(seen: list[int]) -> None:
    def decide(ledger: Ledger) -> None:
        seen.append(ledger.version)
        ledger.deposit(TEN)

    ledgers().edit("1", decide)


def _withdraw(amount: int) -> int:
    return ledgers().edit("1", lambda ledger: ledger.withdraw(TEN * amount / 10)).version


def test_two_snapshots_of_one_version_are_one(session: OpenSession) -> None:
    EventStore().append("Ledger-1", opened().pending_events)
    first, second = session(), session()
    first.begin()
    first.run(_save_snapshot, "first")
    waiting = second.block(_save_snapshot, "second")
    first.commit()
    waiting.result(60)
    assert [snapshot.data for snapshot in Snapshot.objects.all()] == [{"from": "second"}]


def test_two_first_snapshots_of_a_stream_without_events_are_one(session: OpenSession) -> None:
    first, second = session(), session()
    first.begin()
    first.run(_save_snapshot, "first")
    waiting = second.block(_save_snapshot, "second")
    first.commit()
    waiting.result(60)
    assert [snapshot.data for snapshot in Snapshot.objects.all()] == [{"from": "second"}]


def _save_snapshot(who: str) -> None:
    EventStore().save_snapshot(AggregateSnapshot("1", "Ledger", 2, {"from": who}))


def test_an_erasure_takes_along_the_snapshot_that_was_being_saved(session: OpenSession) -> None:
    EventStore().append("Ledger-1", opened().pending_events)
    saver, eraser = session(), session()
    saver.begin()
    saver.run(_save_snapshot, "before the erasure")
    waiting = eraser.block(_erase)
    saver.commit()
    waiting.result(60)
    assert not Snapshot.objects.exists()


def test_a_snapshot_that_waits_for_an_erasure_holds_nothing_of_what_is_gone(session: OpenSession) -> None:
    ledgers().save(opened(deposits=5))
    eraser, editor = session(), session()
    before = editor.run(ledgers().get, "1")
    eraser.begin()
    eraser.run(_erase)
    waiting = editor.block(_save_deposit, before)
    eraser.commit()
    waiting.result(60)
    snapshot = EventStore().get_snapshot("1")
    assert snapshot is not None
    assert (snapshot.version, snapshot.data["owner"]) == (7, "")


def _save_deposit(ledger: Ledger) -> None:
    ledger.deposit(TEN)
    ledgers().save(ledger)


def _erase() -> None:
    with erasure(reason="request 7", actor="ada") as door:
        door.redact(Event.objects.stream("Ledger-1").filter(event_version=1), {"owner": ""})
