from __future__ import annotations

from concurrent.futures import Future

import pytest
from django.db import OperationalError, transaction

from eventstore_django import AppendOperation, AppendResult, EventStore
from eventstore_django.exceptions import ConnectionLost, ReadOnlyDatabase, TransactionAborted

from .conftest import OpenSession
from .material import event, events, read, shown
from .sessions import DEADLINE, value

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("append_function")]

TIMEOUTS = pytest.mark.parametrize("timeout", ["statement_timeout", "lock_timeout"])


def test_one_of_two_transactions_that_wait_in_a_circle_is_aborted(store: EventStore, session: OpenSession) -> None:
    one, other = session(), session()
    for writer, name in ((one, "Account-1"), (other, "Account-2")):
        writer.begin()
        writer.run(store.append, name, [event()])
    futures: list[Future[AppendResult]] = [
        one.block(store.append, "Account-2", [event()]),
        other.start(store.append, "Account-1", [event()]),
    ]
    errors = [future.exception(DEADLINE) for future in futures]
    assert [type(error) for error in errors if error] == [TransactionAborted]
    one.commit()
    other.commit()
    assert len(read(store)) == 2


def test_an_aborted_transaction_can_be_run_again_on_the_same_connection(
    store: EventStore, session: OpenSession
) -> None:
    one, other = session(), session()
    for writer, name in ((one, "Account-1"), (other, "Account-2")):
        writer.begin()
        writer.run(store.append, name, [event()])
    one.sql("SET LOCAL deadlock_timeout = '10ms'")
    other.sql("SET LOCAL deadlock_timeout = '60s'")
    waiting = other.block(store.append, "Account-1", [event()])
    with pytest.raises(TransactionAborted):
        one.run(store.append, "Account-2", [event()])
    one.rollback()
    waiting.result(DEADLINE)
    other.commit()
    assert one.run(store.append, "Account-2", [event()]).version == 2
    assert store.get_stream_version("Account-1") == 1


def test_an_append_in_a_transaction_that_only_reads_says_so(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.sql("SET TRANSACTION READ ONLY")
    with pytest.raises(ReadOnlyDatabase, match="'default'"):
        writer.run(store.append, "Account-1", [event()])
    writer.rollback()
    assert writer.run(store.append, "Account-1", [event()]).version == 1


@TIMEOUTS
def test_an_append_that_runs_out_of_time_writes_nothing(timeout: str, store: EventStore, session: OpenSession) -> None:
    holder, writer = session(), session()
    holder.begin()
    holder.run(store.append, "Account-1", [event()])
    writer.sql(f"SET {timeout} = '50ms'")
    operations = [AppendOperation("Account-0", [event()]), AppendOperation("Account-1", [event()])]
    with pytest.raises(OperationalError, match=timeout.replace("_", " ")):
        writer.run(store.append_batch, operations)
    holder.commit()
    assert read(store) == ["Account-1"]
    assert shown() == []
    assert [result.version for result in writer.run(store.append_batch, operations)] == [1, 2]


@TIMEOUTS
def test_a_transaction_whose_append_ran_out_of_time_writes_nothing_and_leaves_the_connection_usable(
    timeout: str, store: EventStore, session: OpenSession
) -> None:
    holder, writer = session(), session()
    holder.begin()
    holder.run(store.append, "Account-1", [event()])
    writer.sql(f"SET {timeout} = '50ms'")
    with pytest.raises(OperationalError, match=timeout.replace("_", " ")):
        writer.run(_append_in_one_transaction, store, ["Account-0", "Account-1"])
    holder.commit()
    assert read(store) == ["Account-1"]
    writer.run(_append_in_one_transaction, store, ["Account-0", "Account-1"])
    assert sorted(read(store)) == ["Account-0", "Account-1", "Account-1"]


@transaction.atomic
def _append_in_one_transaction(store: EventStore, names: list[str]) -> None:
    for name in names:
        store.append(name, [event()])


@pytest.mark.parametrize("count", [1, 3])
def test_an_append_whose_connection_breaks_can_be_called_again(
    count: int, store: EventStore, session: OpenSession
) -> None:
    holder, writer = session(), session()
    new = events(count)
    holder.begin()
    holder.run(store.append, "Account-1", [event()])
    waiting = writer.block(store.append, "Account-1", new)
    writer.kill()
    with pytest.raises(ConnectionLost):
        waiting.result(DEADLINE)
    holder.commit()
    again = writer.run(store.append, "Account-1", new)
    assert (again.version, again.replayed) == (count + 1, False)
    assert len(read(store)) == count + 1


def test_an_append_on_a_connection_that_broke_before_can_be_called_again(
    store: EventStore, session: OpenSession
) -> None:
    writer = session()
    new = [event()]
    writer.kill()
    with pytest.raises(ConnectionLost):
        writer.run(store.append, "Account-1", new)
    assert writer.run(store.append, "Account-1", new).version == 1


def test_a_transaction_whose_connection_breaks_writes_nothing_and_can_be_run_again(
    store: EventStore, session: OpenSession
) -> None:
    holder, writer = session(), session()
    holder.begin()
    holder.run(store.append, "Account-1", [event()])
    waiting = writer.block(_append_in_one_transaction, store, ["Account-0", "Account-1"])
    writer.kill()
    with pytest.raises(ConnectionLost):
        waiting.result(DEADLINE)
    holder.commit()
    assert read(store) == ["Account-1"]
    writer.run(_append_in_one_transaction, store, ["Account-0", "Account-1"])
    assert len(read(store)) == 3


def test_a_transaction_that_idled_for_too_long_is_a_lost_connection(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.sql("SET idle_in_transaction_session_timeout = '1ms'")
    writer.begin()
    writer.start(value, "SELECT 1").exception(DEADLINE)
    # Waits for the end of the session, whoever ends it.
    value("SELECT pg_terminate_backend(%s, 60000)", writer.pid)
    with pytest.raises(ConnectionLost):
        writer.run(store.append, "Account-1", [event()])
    writer.rollback()
    assert writer.run(store.append, "Account-1", [event()]).version == 1


def test_a_lost_connection_tells_readers_and_writers_nothing(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.run(store.append, "Account-1", [event()])
    writer.kill()
    assert shown() == []
    assert store.append("Account-1", [event()], 0).version == 1
    assert read(store) == ["Account-1"]
