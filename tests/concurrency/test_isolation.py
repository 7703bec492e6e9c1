"""Connections with the option ``isolation_level``: a lost race is the store's own error, never the driver's."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import transaction
from psycopg import IsolationLevel

from eventstore_django import ANY, NO_STREAM, AppendOperation, ConcurrencyError, EventStore

from .conftest import OpenSession
from .material import event, events
from .sessions import DEADLINE

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("append_function"),
    pytest.mark.parametrize(
        "isolation", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE], ids=lambda level: level.name
    ),
]

BEFORE = pytest.mark.parametrize("before", [0, 2], ids=["first", "later"])


def _begin_stream(store: EventStore, before: int) -> None:
    if before:
        store.append("Account-1", events(before))


@BEFORE
def test_an_append_to_a_stream_that_changed_since_the_snapshot_is_a_lost_race(
    before: int, isolation: IsolationLevel, store: EventStore, session: OpenSession
) -> None:
    _begin_stream(store, before)
    writer = session(isolation=isolation)
    writer.begin()
    assert writer.run(store.get_stream_version, "Account-1") == before
    store.append("Account-1", [event()])
    with pytest.raises(ConcurrencyError) as error:
        writer.run(store.append, "Account-1", [event()], ANY)
    assert error.value.conflicts == (("Account-1", ANY, None),)
    assert store.get_stream_version("Account-1") == before + 1


@BEFORE
def test_an_append_that_waited_for_another_is_a_lost_race(
    before: int, isolation: IsolationLevel, store: EventStore, session: OpenSession
) -> None:
    _begin_stream(store, before)
    other, writer = session(), session(isolation=isolation)
    other.begin()
    other.run(store.append, "Account-1", [event()])
    writer.begin()
    waiting = writer.block(store.append, "Account-1", [event()], before)
    other.commit()
    with pytest.raises(ConcurrencyError) as error:
        waiting.result(DEADLINE)
    assert error.value.conflicts == (("Account-1", before, None),)


@BEFORE
def test_a_lost_race_leaves_the_callers_transaction_usable(
    before: int, isolation: IsolationLevel, store: EventStore, session: OpenSession
) -> None:
    _begin_stream(store, before)
    writer = session(isolation=isolation)
    writer.begin()
    writer.run(store.get_stream_version, "Account-1")
    store.append("Account-1", [event()])
    with pytest.raises(ConcurrencyError):
        writer.run(store.append, "Account-1", [event()])
    writer.run(store.append, "Account-2", [event()])
    writer.commit()
    assert store.get_stream_version("Account-2") == 1


@BEFORE
def test_a_batch_that_loses_a_race_writes_nothing(
    before: int, isolation: IsolationLevel, store: EventStore, session: OpenSession
) -> None:
    _begin_stream(store, before)
    writer = session(isolation=isolation)
    writer.begin()
    writer.run(store.get_stream_version, "Account-1")
    store.append("Account-1", [event()])
    with pytest.raises(ConcurrencyError) as error:
        writer.run(
            store.append_batch, [AppendOperation("Account-0", [event()]), AppendOperation("Account-1", [event()])]
        )
    assert error.value.actual is None
    writer.commit()
    assert not store.stream_exists("Account-0")


@BEFORE
def test_an_append_that_is_its_own_transaction_just_succeeds(
    before: int, isolation: IsolationLevel, store: EventStore, session: OpenSession
) -> None:
    _begin_stream(store, before)
    other, writer = session(), session(isolation=isolation)
    other.begin()
    other.run(store.append, "Account-1", [event()])
    waiting = writer.block(store.append, "Account-1", [event()], ANY)
    other.commit()
    assert waiting.result(DEADLINE).version == before + 2


@BEFORE
def test_an_append_under_the_servers_own_default_just_succeeds(
    before: int, isolation: IsolationLevel, store: EventStore, session: OpenSession
) -> None:
    _begin_stream(store, before)
    other, writer = session(), session()
    # The driver sends the option with BEGIN only; this is what makes a lone statement strict.
    writer.sql(f"SET default_transaction_isolation = '{isolation.name.lower().replace('_', ' ')}'")
    other.begin()
    other.run(store.append, "Account-1", [event()])
    waiting = writer.block(store.append, "Account-1", [event()], ANY)
    other.commit()
    assert waiting.result(DEADLINE).version == before + 2


def test_of_two_appends_that_begin_a_stream_the_loser_hears_the_version(
    isolation: IsolationLevel, store: EventStore, session: OpenSession
) -> None:
    other, writer = session(), session(isolation=isolation)
    other.begin()
    other.run(store.append, "Account-1", [event()])
    waiting = writer.block(store.append, "Account-1", [event()], NO_STREAM)
    other.commit()
    with pytest.raises(ConcurrencyError) as error:
        waiting.result(DEADLINE)
    assert error.value.conflicts == (("Account-1", 0, 1),)


@BEFORE
def test_a_retry_that_waited_for_its_original_gets_the_first_result(
    before: int, isolation: IsolationLevel, store: EventStore, session: OpenSession
) -> None:
    _begin_stream(store, before)
    original, retry = session(isolation=isolation), session(isolation=isolation)
    new = events(2)
    original.begin()
    first = original.run(store.append, "Account-1", new, before)
    waiting = retry.block(store.append, "Account-1", new, before)
    original.commit()
    second = waiting.result(DEADLINE)
    assert second.replayed
    assert second.events == first.events


def test_writers_at_the_same_stream_lose_nothing(
    isolation: IsolationLevel, store: EventStore, session: OpenSession
) -> None:
    futures = [session(isolation=isolation).start(_append_until_stored, store, 10) for _ in range(4)]
    for future in futures:
        future.result(DEADLINE)
    assert [found.event_version for found in store.get_events("Account-1")] == list(range(1, 41))


def _append_until_stored(store: EventStore, times: int) -> None:
    """Append as a program would that takes a lost race for what it is; any other error ends it."""
    written = 0
    while written < times:
        with suppress(ConcurrencyError):
            store.append("Account-1", [event()], ANY)
            written += 1


def test_with_autocommit_off_a_lost_race_is_not_tried_again_inside_the_dead_transaction(
    isolation: IsolationLevel, store: EventStore, session: OpenSession
) -> None:
    store.append("Account-1", [event()])
    writer = session(isolation=isolation)
    writer.run(transaction.set_autocommit, False)
    assert writer.run(store.get_stream_version, "Account-1") == 1
    store.append("Account-1", [event()])
    with pytest.raises(ConcurrencyError):
        writer.run(store.append, "Account-1", [event()], ANY)
    writer.run(transaction.rollback)
    assert writer.run(store.append, "Account-1", [event()], ANY).version == 3
    writer.run(transaction.commit)
