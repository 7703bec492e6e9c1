from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from eventstore_django import (
    AggregateNotFound,
    ConcurrencyError,
    EventStore,
    InvalidStreamName,
    Repository,
    event_metadata,
    save_all,
)

from .banking import TEN, Ledger, Refused, opened

pytestmark = pytest.mark.django_db


def test_what_was_saved_is_got_again(ledgers: Repository[Ledger]) -> None:
    saved = opened(deposits=2)
    result = ledgers.save(saved)
    got = ledgers.get("1")
    assert (result.version, saved.version, got.version) == (3, 3, 3)
    assert (got.owner, got.balance, got.notes) == (saved.owner, Decimal("20.00"), saved.notes)
    assert saved.pending_events == got.pending_events == ()


def test_streams_are_named_by_type_and_id(ledgers: Repository[Ledger], store: EventStore) -> None:
    ledgers.save(opened("7"))
    Repository(Ledger, "tenant-1", store=store).save(opened("7"))
    assert store.get_stream_version("Ledger-7") == store.get_stream_version("tenant-1/Ledger/7") == 2
    assert store.get_events("tenant-1/Ledger/7")[0].aggregate_type == "Ledger"


def test_a_tenant_does_not_see_what_belongs_to_another(store: EventStore) -> None:
    Repository(Ledger, "tenant-10", store=store).save(opened())
    for partition in ("tenant-1", None):
        with pytest.raises(AggregateNotFound):
            Repository(Ledger, partition, store=store).get("1")


def test_an_aggregate_is_not_saved_into_another_tenants_stream(ledgers: Repository[Ledger], store: EventStore) -> None:
    ledgers.save(opened())
    loaded = ledgers.get("1")
    loaded.deposit(TEN)
    with pytest.raises(ValueError, match="belongs to stream 'Ledger-1'"):
        Repository(Ledger, "tenant-1", store=store).save(loaded)


@pytest.mark.parametrize("bad", ["a:b", "a/b/c", ""])
def test_an_id_whose_stream_would_be_read_as_another_is_refused(ledgers: Repository[Ledger], bad: str) -> None:
    with pytest.raises(InvalidStreamName):
        ledgers.get(bad)


def test_ids_may_be_numbers(ledgers: Repository[Ledger]) -> None:
    ledgers.save(opened("7"))
    assert ledgers.get(7).id == "7"
    with pytest.raises(TypeError, match="id"):
        ledgers.get(1.5)  # type: ignore[arg-type]  # what is tested


def test_what_is_not_there_is_not_found(ledgers: Repository[Ledger]) -> None:
    with pytest.raises(AggregateNotFound) as caught:
        ledgers.get("1")
    assert (caught.value.aggregate_type, caught.value.aggregate_id) == ("Ledger", "1")
    assert str(caught.value) == "there is no Ledger '1': stream 'Ledger-1' has no events."
    assert ledgers.find("1") is None


def test_a_stale_aggregate_is_refused_and_keeps_its_events(ledgers: Repository[Ledger]) -> None:
    ledgers.save(opened())
    first, second = ledgers.get("1"), ledgers.get("1")
    for ledger in (first, second):
        ledger.deposit(TEN)
    ledgers.save(first)
    with pytest.raises(ConcurrencyError):
        ledgers.save(second)
    assert (second.version, len(second.pending_events)) == (2, 1)


def test_a_save_that_is_repeated_stores_nothing_twice(ledgers: Repository[Ledger], store: EventStore) -> None:
    ledgers.save(opened())
    ledger = ledgers.get("1")
    ledger.deposit(TEN)
    # As if the answer of the first call had been lost.
    store.append("Ledger-1", ledger.pending_events, 2)
    result = ledgers.save(ledger)
    assert (result.replayed, ledger.version, ledger.pending_events) == (True, 3, ())
    assert store.get_stream_version("Ledger-1") == 3


def test_saving_without_pending_events_stores_nothing(ledgers: Repository[Ledger]) -> None:
    ledgers.save(opened())
    ledger = ledgers.get("1")
    result = ledgers.save(ledger)
    assert (result.version, result.events, ledger.version) == (2, (), 2)


def test_a_new_aggregate_is_added_once(ledgers: Repository[Ledger]) -> None:
    ledgers.add(opened())
    with pytest.raises(ConcurrencyError):
        ledgers.add(opened())
    with pytest.raises(ValueError, match="not new"):
        ledgers.add(ledgers.get("1"))


def test_events_carry_the_metadata_of_the_context(ledgers: Repository[Ledger]) -> None:
    with event_metadata(correlation_id="c-1", user="ada"):
        events = ledgers.save(opened(deposits=0)).events
    assert events[0].metadata == {"correlation_id": "c-1", "user": "ada"}


def test_a_rolled_back_save_leaves_nothing(ledgers: Repository[Ledger]) -> None:
    with pytest.raises(Refused), transaction.atomic():
        ledgers.save(opened())
        raise Refused
    assert ledgers.find("1") is None


def test_several_aggregates_are_saved_all_or_none(ledgers: Repository[Ledger]) -> None:
    ledgers.save_all(opened("1"), opened("2"))
    one, two = ledgers.get("1"), ledgers.get("2")
    one.withdraw(TEN)
    two.deposit(TEN)
    ledgers.edit("2", lambda ledger: ledger.deposit(TEN))
    with pytest.raises(ConcurrencyError) as caught:
        ledgers.save_all(one, two)
    assert [conflict.stream_id for conflict in caught.value.conflicts] == ["Ledger-2"]
    assert ledgers.get("1").balance == TEN
    assert len(one.pending_events) == 1


def test_an_aggregate_without_events_is_a_condition_of_the_others(ledgers: Repository[Ledger]) -> None:
    ledgers.save_all(opened("1"), opened("2"))
    one, two = ledgers.get("1"), ledgers.get("2")
    one.withdraw(TEN)
    ledgers.edit("2", lambda ledger: ledger.deposit(TEN))
    with pytest.raises(ConcurrencyError):
        save_all((ledgers, one), (ledgers, two))


def test_an_aggregate_stands_in_a_save_once(ledgers: Repository[Ledger]) -> None:
    ledgers.save(opened())
    with pytest.raises(ValueError, match="once"):
        ledgers.save_all(ledgers.get("1"), ledgers.get("1"))
    assert ledgers.save_all() == []


def test_only_aggregates_of_its_class_are_saved(ledgers: Repository[Ledger]) -> None:
    class Other(Ledger, registered=False):
        pass

    with pytest.raises(TypeError, match="not of"):
        save_all((Repository(Other), opened()))
