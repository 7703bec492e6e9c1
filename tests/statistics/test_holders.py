"""Who holds the watermark back."""

from __future__ import annotations

import pytest
from django.db import transaction

from eventstore_django import EventStore, NewEvent
from eventstore_django.backends import backend_for
from eventstore_django.backends.holders import Holder
from eventstore_django.statistics.watermarks import watermark_status
from tests.concurrency.sessions import execute, value

from .conftest import OpenSession

EVENT = [NewEvent("Noted", {})]


@pytest.fixture
def log(transactional_db: None) -> EventStore:
    return EventStore(using="default")


@pytest.mark.django_db(databases=["default", "sqlite"])
def test_nobody_holds_a_log_at_which_nobody_writes(using: str) -> None:
    last = EventStore(using).append("A-1", [NewEvent("Noted", {})]).events[-1].position
    found = watermark_status(backend_for(using))
    assert (found.position, found.drawn, found.published, found.holders) == (last, last, 0, [])


def test_an_open_append_is_told_with_its_session(log: EventStore, session: OpenSession) -> None:
    before = log.append("Early-1", EVENT).events[-1].position
    writer = session()
    writer.sql("SET application_name = 'a slow <b>request</b>'")
    writer.begin()
    writer.run(log.append, "Slow-1", [NewEvent("Noted", {})])
    log.append("Fast-1", [NewEvent("Noted", {})])
    found = watermark_status(backend_for("default"))
    (holder,) = found.holders
    assert (found.position, found.drawn - found.position, holder.position) == (before, 2, before)
    assert (holder.pid, holder.application, holder.state) == (
        writer.pid,
        "a slow <b>request</b>",
        "idle in transaction",
    )
    assert holder.user == value("SELECT current_user")
    assert holder.age_seconds is not None
    assert holder.age_seconds >= 0
    assert holder.prepared is None
    writer.commit()
    assert watermark_status(backend_for("default")).holders == []


def test_the_transaction_that_counts_comes_first(log: EventStore, session: OpenSession) -> None:
    first, second = session(), session()
    for number, writer in enumerate([first, second]):
        writer.begin()
        writer.run(log.append, f"Slow-{number}", [NewEvent("Noted", {})])
    assert [holder.pid for holder in watermark_status(backend_for("default")).holders] == [first.pid, second.pid]


def test_a_transaction_that_has_not_appended_holds_nobody(log: EventStore, session: OpenSession) -> None:
    stranger = session()
    stranger.begin()
    stranger.sql("SELECT pg_advisory_xact_lock_shared(7, 2000000000)")
    log.append("Fast-1", EVENT)
    assert watermark_status(backend_for("default")).holders == []


def test_ones_own_transaction_is_left_out(log: EventStore) -> None:

    with transaction.atomic():
        log.append("Own-1", [NewEvent("Noted", {})])
        assert watermark_status(backend_for("default")).holders == []


def test_ones_own_transaction_is_left_out_beside_others(log: EventStore, session: OpenSession) -> None:
    other = session()
    other.begin()
    other.run(log.append, "Other-1", [NewEvent("Noted", {})])
    with transaction.atomic():
        log.append("Own-1", [NewEvent("Noted", {})])
        assert [holder.pid for holder in watermark_status(backend_for("default")).holders] == [other.pid]


def test_prepared_transactions_are_told_by_their_names(log: EventStore, session: OpenSession) -> None:
    names = ["of the shop", "of the bank"]
    for number, name in enumerate(names):
        writer = session()
        writer.sql("BEGIN")
        writer.run(log.append, f"Slow-{number}", [NewEvent("Noted", {})])
        writer.sql(f"PREPARE TRANSACTION '{name}'")
    try:
        found = watermark_status(backend_for("default")).holders
        assert [(holder.pid, holder.prepared, holder.state) for holder in found] == [
            (None, name, None) for name in names
        ]
        assert all(holder.user and holder.age_seconds is not None for holder in found)
    finally:
        for name in names:
            execute(f"ROLLBACK PREPARED '{name}'")


def test_who_is_gone_by_the_time_that_the_watermark_is_read_is_not_told(log: EventStore) -> None:
    first, last = (event.position for event in log.append("A-1", [NewEvent("A", {}), NewEvent("B", {})]).events)
    backend = backend_for("default")
    gone = Holder(first, 42, None, None, None, None, None, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "holders", lambda: [gone])
        found = watermark_status(backend)
    assert (found.position, found.holders) == (last, [])


def test_a_role_without_privileges_sees_who_but_not_what_others_do(log: EventStore, session: OpenSession) -> None:
    writer, looker = session(), session()
    writer.sql("SET application_name = 'shop'")
    execute("CREATE ROLE eventstore_looker")
    try:
        execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO eventstore_looker")
        execute("GRANT USAGE ON SEQUENCE eventstore_events_position_seq TO eventstore_looker")
        writer.begin()
        writer.run(log.append, "Slow-1", [NewEvent("Noted", {})])
        looker.sql("SET ROLE eventstore_looker")
        (holder,) = looker.run(lambda: watermark_status(backend_for("default")).holders)
        assert (holder.pid, holder.application) == (writer.pid, "shop")
        assert (holder.state, holder.age_seconds) == (None, None)
    finally:
        writer.rollback()
        looker.sql("RESET ROLE")
        execute("DROP OWNED BY eventstore_looker")
        execute("DROP ROLE eventstore_looker")
