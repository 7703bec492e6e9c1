from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from eventstore_django import EventStore
from eventstore_django.models import Event

from .conftest import OpenSession
from .material import SEQUENCE, copy, event, events, insert, last_position, read, shown
from .sessions import execute

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_transaction_shows_one_position_however_often_it_appends(store: EventStore, session: OpenSession) -> None:
    writer = session()
    before = last_position()
    writer.begin()
    for number in range(50):
        writer.run(store.append, f"Account-{number}", events(2))
    assert shown() == [(writer.pid, before)]


def test_a_savepoint_shows_nothing_of_its_own_after_an_append_outside(store: EventStore, session: OpenSession) -> None:
    writer = session()
    before = last_position()
    writer.begin()
    writer.run(store.append, "Account-1", [event()])
    for _ in range(3):
        writer.begin()
        writer.run(store.append, "Account-1", [event()])
        writer.commit()
    assert shown() == [(writer.pid, before)]


def test_a_released_savepoint_covers_what_comes_later(store: EventStore, session: OpenSession) -> None:
    writer = session()
    before = last_position()
    writer.begin()
    writer.begin()
    writer.run(store.append, "Account-1", [event()])
    writer.commit()
    writer.run(store.append, "Account-1", [event()])
    assert shown() == [(writer.pid, before)]


def test_a_rolled_back_savepoint_shows_nothing_and_the_next_append_shows_its_own(
    store: EventStore, session: OpenSession
) -> None:
    writer = session()
    before = last_position()
    writer.begin()
    writer.begin()
    writer.run(store.append, "Account-1", events(2))
    writer.rollback()
    assert shown() == []
    writer.run(store.append, "Account-1", [event()])
    assert shown() == [(writer.pid, before + 2)]


def test_a_finished_transaction_shows_nothing(store: EventStore) -> None:
    store.append("Account-1", [event()])
    assert shown() == []


def test_a_repeated_append_shows_nothing(store: EventStore, session: OpenSession) -> None:
    repeated = [event()]
    store.append("Account-1", repeated)
    writer = session()
    writer.begin()
    assert writer.run(store.append, "Account-1", repeated).replayed
    assert shown() == []


def test_the_next_transaction_of_a_session_shows_its_own_position(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.run(store.append, "Account-1", [event()])
    writer.commit()
    before = last_position()
    writer.begin()
    writer.run(store.append, "Account-1", [event()])
    assert shown() == [(writer.pid, before)]


def _insert_select() -> None:
    insert("Template-1", 1)
    execute(
        "INSERT INTO eventstore_events (stream_id, event_version, category, aggregate_type, aggregate_id, "
        "event_id, event_type, occurred_at, event_data) SELECT 'Raw-1', event_version, category, aggregate_type, "
        "aggregate_id, event_id, event_type, occurred_at, event_data FROM eventstore_events"
    )


def _insert_in_with() -> None:
    execute(
        "WITH written AS (INSERT INTO eventstore_events (stream_id, event_version, category, aggregate_type, "
        "aggregate_id, event_id, event_type, occurred_at, event_data) VALUES "
        "('Raw-1', 1, 'Raw', 'Raw', '1', gen_random_uuid(), 'Written', now(), '{}') RETURNING 1) "
        "SELECT count(*) FROM written"
    )


def _bulk_create() -> None:
    row = Event(
        event_id="11111111-1111-7111-8111-111111111111",
        stream_id="Raw-1",
        event_version=1,
        category="Raw",
        aggregate_type="Raw",
        aggregate_id="1",
        event_type="Written",
        payload={},
        occurred_at="2020-01-01T00:00Z",
    )
    Event._base_manager.bulk_create([row])


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda: insert("Raw-1", 1), id="insert"),
        pytest.param(lambda: insert("Raw-1", 1, 2, 3), id="rows"),
        pytest.param(lambda: copy("Raw-1", 1, 2, 3), id="copy"),
        pytest.param(_insert_select, id="select"),
        pytest.param(_insert_in_with, id="with"),
        pytest.param(_bulk_create, id="bulk_create"),
    ],
)
def test_writes_past_the_append_show_their_position_too(
    write: Callable[[], None], store: EventStore, session: OpenSession
) -> None:
    writer = session()
    before = last_position()
    writer.begin()
    writer.run(write)
    assert shown() == [(writer.pid, before)]
    store.append("Fast-1", [event()])
    assert read(store) == []
    writer.commit()
    assert read(store)[-1] == "Fast-1"
    assert "Raw-1" in read(store)


def test_replicated_rows_show_their_position_too(session: OpenSession) -> None:
    writer = session()
    before = last_position()
    writer.begin()
    writer.sql("SET LOCAL session_replication_role = replica")
    writer.run(insert, "Raw-1", 1)
    assert shown() == [(writer.pid, before)]


def test_a_prepared_transaction_counts_until_it_is_committed(
    prepared_transactions: int, store: EventStore, session: OpenSession
) -> None:
    if not prepared_transactions:
        pytest.skip("the server has max_prepared_transactions = 0")
    gid = connection.settings_dict["NAME"]
    writer = session()
    writer.sql("BEGIN")
    writer.run(store.append, "Slow-1", [event()])
    writer.sql(f"PREPARE TRANSACTION '{gid}'")
    writer.disconnect()
    assert [pid for pid, _ in shown()] == [None]
    store.append("Fast-1", [event()])
    assert read(store) == []
    execute(f"COMMIT PREPARED '{gid}'")
    assert read(store) == ["Slow-1", "Fast-1"]


def _ahead(boundary: int) -> int:
    """Return the first number from ``boundary`` on with its low 32 bits that is still to come."""
    while boundary - 2 <= last_position():
        boundary += 2**32
    return boundary


@pytest.mark.parametrize("boundary", [2**31, 2**32, 2**33], ids=["2^31", "2^32", "2^33"])
@pytest.mark.parametrize("distance", [2, 1, 0])
def test_a_shown_position_is_read_right_across_a_boundary(
    boundary: int, distance: int, store: EventStore, session: OpenSession
) -> None:
    last = _ahead(boundary) - distance
    execute("SELECT setval(%s, %s)", SEQUENCE, last)
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    fast = store.append("Fast-1", events(4))
    assert fast.events[0].position == last + 2
    assert store.head_position() == last
    assert read(store) == []
    writer.commit()
    assert store.head_position() == last + 5
    assert read(store) == ["Slow-1", *["Fast-1"] * 4]


def test_five_thousand_appends_in_one_transaction_do_not_exhaust_the_lock_table(
    store: EventStore, session: OpenSession
) -> None:
    writer = session()
    writer.begin()
    writer.run(_append_often, store, 5000)
    assert len(shown()) == 1
    writer.commit()
    assert store.get_stream_version("Account-1") == 5000


def _append_often(store: EventStore, times: int) -> None:
    for _ in range(times):
        store.append("Account-1", [event()])
    assert connection.in_atomic_block
