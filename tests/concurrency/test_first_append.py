from __future__ import annotations

from concurrent.futures import wait
from threading import Barrier
from typing import Any

import pytest

from eventstore_django import ANY, NO_STREAM, AppendOperation, AppendResult, ConcurrencyError, EventStore
from eventstore_django.versions import ExpectedVersionLike

from .conftest import OpenSession
from .material import event, events
from .sessions import DEADLINE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("append_function")]

WRITERS = 8


def test_the_second_of_two_first_appends_waits_and_follows(store: EventStore, session: OpenSession) -> None:
    first, second = session(), session()
    first.begin()
    first.run(store.append, "Account-1", [event()], ANY)
    waiting = second.block(store.append, "Account-1", events(2), ANY)
    first.commit()
    assert waiting.result(DEADLINE).version == 3


@pytest.mark.parametrize("before", [0, 1])
def test_one_that_waited_is_stored_later_than_the_one_it_waited_for(
    store: EventStore, session: OpenSession, before: int
) -> None:
    store.append("Account-1", events(before))
    first, second = session(), session()
    first.begin()
    first.run(store.append, "Account-1", [event()])
    waiting = second.block(store.append, "Account-1", [event()])
    moment = first.value("SELECT clock_timestamp()")
    first.commit()
    assert waiting.result(DEADLINE).events[0].created_at > moment


def test_the_second_of_two_first_appends_is_first_if_the_other_is_rolled_back(
    store: EventStore, session: OpenSession
) -> None:
    first, second = session(), session()
    first.begin()
    first.run(store.append, "Account-1", [event()], ANY)
    waiting = second.block(store.append, "Account-1", [event()], NO_STREAM)
    first.rollback()
    assert waiting.result(DEADLINE).version == 1
    assert store.get_stream_version("Account-1") == 1


def test_the_loser_of_two_first_appends_hears_the_version(store: EventStore, session: OpenSession) -> None:
    first, second = session(), session()
    first.begin()
    first.run(store.append, "Account-1", events(3), NO_STREAM)
    waiting = second.block(store.append, "Account-1", [event()], NO_STREAM)
    first.commit()
    with pytest.raises(ConcurrencyError) as error:
        waiting.result(DEADLINE)
    assert error.value.conflicts == (("Account-1", 0, 3),)


def test_a_check_that_there_is_no_stream_holds_others_off_until_its_commit(
    store: EventStore, session: OpenSession
) -> None:
    checker, other = session(), session()
    checker.begin()
    checker.run(store.append_batch, [AppendOperation("Account-1", [], NO_STREAM)])
    waiting = other.block(store.append, "Account-1", [event()], ANY)
    checker.commit()
    assert waiting.result(DEADLINE).version == 1


def test_a_stream_that_was_only_checked_can_be_begun_in_the_same_transaction(
    store: EventStore, session: OpenSession
) -> None:
    checker, other = session(), session()
    checker.begin()
    checker.run(store.append_batch, [AppendOperation("Account-1", [], NO_STREAM)])
    checker.run(store.append, "Account-1", [event()], NO_STREAM)
    waiting = other.block(store.append, "Account-1", [event()], ANY)
    checker.commit()
    assert waiting.result(DEADLINE).version == 2


def test_a_check_of_an_existing_stream_holds_others_off_until_its_commit(
    store: EventStore, session: OpenSession
) -> None:
    store.append("Account-1", [event()])
    checker, other = session(), session()
    checker.begin()
    checker.run(store.append_batch, [AppendOperation("Account-1", [], 1), AppendOperation("Account-2", [event()])])
    waiting = other.block(store.append, "Account-1", [event()], 1)
    checker.commit()
    assert waiting.result(DEADLINE).version == 2


def test_a_refused_first_append_holds_nobody_off_after_the_transaction(store: EventStore, session: OpenSession) -> None:
    store.append("Account-2", [event()])
    writer = session()
    writer.begin()
    operations = [AppendOperation("Account-1", [event()]), AppendOperation("Account-2", [event()], NO_STREAM)]
    with pytest.raises(ConcurrencyError):
        writer.run(store.append_batch, operations)
    writer.commit()
    assert store.append("Account-1", [event()], NO_STREAM).version == 1


def _race(session: OpenSession, store: EventStore, expected: ExpectedVersionLike, name: str) -> list[Any]:
    """Let all writers append to one stream at the same moment; return results and errors."""
    barrier = Barrier(WRITERS)

    def append() -> AppendResult:
        barrier.wait(DEADLINE)
        return store.append(name, [event()], expected)

    futures = [session().start(append) for _ in range(WRITERS)]
    wait(futures, timeout=DEADLINE)
    return [future.exception(0) or future.result(0) for future in futures]


@pytest.mark.parametrize("number", range(3))
def test_nobody_gets_a_conflict_when_all_begin_a_stream(number: int, store: EventStore, session: OpenSession) -> None:
    results = _race(session, store, ANY, f"Account-{number}")
    assert sorted(result.version for result in results) == list(range(1, WRITERS + 1))
    assert [found.event_version for found in store.get_events(f"Account-{number}")] == list(range(1, WRITERS + 1))


@pytest.mark.parametrize("number", range(3))
def test_exactly_one_begins_a_stream_that_must_not_exist(number: int, store: EventStore, session: OpenSession) -> None:
    outcomes = _race(session, store, NO_STREAM, f"Account-{number}")
    errors = [outcome for outcome in outcomes if isinstance(outcome, ConcurrencyError)]
    assert [error.actual for error in errors] == [1] * (WRITERS - 1)
    assert [outcome.version for outcome in outcomes if isinstance(outcome, AppendResult)] == [1]
    assert store.get_stream_version(f"Account-{number}") == 1


def _increment(store: EventStore, barrier: Barrier, times: int) -> int:
    """Append by exact version, that many times; return how many conflicts there were."""
    barrier.wait(DEADLINE)
    conflicts = written = version = 0
    while written < times:
        try:
            version = store.append("Counter-1", [event()], version).version
            written += 1
        except ConcurrencyError as error:
            version = error.actual or 0
            conflicts += 1
    return conflicts


def test_writers_that_expect_versions_and_retry_lose_nothing(store: EventStore, session: OpenSession) -> None:
    barrier = Barrier(WRITERS)
    futures = [session().start(_increment, store, barrier, 15) for _ in range(WRITERS)]
    conflicts = sum(future.result(DEADLINE) for future in futures)
    assert conflicts > 0
    found = store.get_events("Counter-1")
    assert [recorded.event_version for recorded in found] == list(range(1, 15 * WRITERS + 1))
    assert len({recorded.event_id for recorded in found}) == 15 * WRITERS
