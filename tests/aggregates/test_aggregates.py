from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from eventstore_django import (
    Aggregate,
    AppliedEvent,
    InvalidEvent,
    NewEvent,
    UnhandledEvent,
    applies,
    register_event,
    upcaster,
)
from eventstore_django.aggregates.registry import aggregate_class, registry
from eventstore_django.eventtypes.registry import registry as event_types

from .banking import TEN, Ledger, opened


@pytest.fixture(autouse=True)
def _forgotten() -> Any:
    before = registry.all()
    with event_types.kept():
        yield
    for kind in set(registry.all()) - set(before):
        registry.remove(kind)


def test_a_raised_event_changes_the_state_and_is_pending() -> None:
    ledger = opened(deposits=2)
    assert (ledger.balance, ledger.version) == (2 * TEN, 0)
    assert [event.event_type for event in ledger.pending_events] == ["Opened", "Deposited", "Deposited"]
    assert ledger.pending_events[1].payload == {"amount": TEN}


def test_a_method_sees_what_it_will_see_when_the_event_is_replayed() -> None:
    class Seen(Aggregate, registered=False):
        @applies("A")
        def _a(self, event: AppliedEvent) -> None:
            self.seen = (event.event_type, event.payload, event.event_version, event.occurred_at)

    at = datetime(2026, 1, 2, tzinfo=UTC)
    seen = Seen("1")
    seen.raise_event("A", {"amount": Decimal("1.50"), "id": UUID(int=7)}, occurred_at=at)
    assert seen.seen == ("A", {"amount": "1.50", "id": str(UUID(int=7))}, 1, at)


def test_an_event_that_cannot_be_stored_is_refused_when_it_is_raised() -> None:
    ledger = opened()
    with pytest.raises(InvalidEvent) as caught:
        ledger.raise_event("Deposited", {"amount": float("nan")})
    assert caught.value.path == "payload.amount"
    assert (len(ledger.pending_events), ledger.balance) == (2, TEN)


def test_an_event_without_a_method_is_refused() -> None:
    ledger = opened()
    with pytest.raises(UnhandledEvent) as caught:
        ledger.raise_event("Audited")
    assert (caught.value.event_type, caught.value.event_version) == ("Audited", 3)
    assert "@applies(" in str(caught.value)
    assert len(ledger.pending_events) == 2


def test_unknown_events_are_passed_over_where_the_class_says_so() -> None:
    class Tolerant(Ledger, registered=False):
        ignores_unknown_events = True

    tolerant = Tolerant("1")
    tolerant.raise_event("Audited")
    assert len(tolerant.pending_events) == 1


def test_a_new_event_is_raised_as_it_is() -> None:
    event = NewEvent("Opened", {"owner": "Ada"}, metadata={"a": 1})
    ledger = Ledger("1")
    ledger.raise_event(event)
    assert ledger.pending_events[0] is event


@pytest.mark.parametrize("extra", [{"payload": {}}, {"metadata": {}}, {"occurred_at": datetime.now(UTC)}])
def test_what_a_new_event_has_itself_is_not_given_beside_it(extra: Any) -> None:
    with pytest.raises(TypeError, match="raise_event"):
        Ledger("1").raise_event(NewEvent("Opened", {"owner": "Ada"}), **extra)


def test_metadata_and_time_are_kept() -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    ledger = Ledger("1")
    ledger.raise_event("Opened", {"owner": "Ada"}, metadata={"till": 7}, occurred_at=at)
    (event,) = ledger.pending_events
    assert (event.metadata, event.occurred_at) == ({"till": 7}, at)


def test_instances_of_registered_classes_are_raised_and_applied() -> None:
    @register_event("Paid")
    @dataclass(frozen=True)
    class Paid:
        amount: Decimal

    class Purse(Aggregate, registered=False):
        seen: tuple[Any, ...] = ()

        @applies(Paid)
        def _paid(self, event: Paid) -> None:
            self.seen = (*self.seen, event)

    purse = Purse("1")
    purse.raise_event(Paid(TEN), metadata={"till": 7})
    assert purse.seen == (Paid(TEN),)
    assert (purse.pending_events[0].event_type, purse.pending_events[0].metadata) == ("Paid", {"till": 7})


def test_an_old_shape_is_upcast_when_it_is_raised_as_when_it_is_replayed() -> None:
    @upcaster("Paid", from_version=1)
    def cents(payload: dict[str, Any]) -> dict[str, Any]:
        return {"cents": payload["amount"] * 100}

    class Purse(Aggregate, registered=False):
        cents = 0

        @applies("Paid")
        def _paid(self, event: AppliedEvent) -> None:
            self.cents += event.payload["cents"]

    purse = Purse("1")
    purse.raise_event(NewEvent("Paid", {"amount": 5}, schema_version=1))
    assert purse.cents == 500


def test_a_class_that_is_not_registered_is_not_applied() -> None:
    class Paid:
        pass

    with pytest.raises(TypeError, match="register_event"):

        class Purse(Aggregate, registered=False):
            @applies(Paid)
            def _paid(self, event: Paid) -> None: ...


def test_two_methods_for_one_event_type_are_refused() -> None:
    with pytest.raises(TypeError, match=r"_one and _two both apply 'A'"):

        class Twice(Aggregate, registered=False):
            @applies("A")
            def _one(self, event: AppliedEvent) -> None: ...

            @applies("A", "B")
            def _two(self, event: AppliedEvent) -> None: ...


@pytest.mark.parametrize("wanted", [(), ("",), (5,)])
def test_applies_takes_names_or_classes(wanted: Any) -> None:
    with pytest.raises(TypeError, match="applies"):
        applies(*wanted)


def test_a_subclass_overrides_a_method_and_adds_others() -> None:
    class Doubling(Ledger, registered=False):
        interest = 0

        def _moved(self, event: AppliedEvent) -> None:
            self.balance += 2 * Decimal(event.payload["amount"])

        @applies("Interest")
        def _interest(self, event: AppliedEvent) -> None:
            self.interest += 1

    doubling = Doubling("1")
    doubling.deposit(TEN)
    doubling.raise_event("Interest")
    assert (doubling.balance, doubling.interest) == (2 * TEN, 1)


@pytest.mark.parametrize("bad", [None, 1.5, True, b"1"])
def test_an_id_is_a_text_a_number_or_a_uuid(bad: Any) -> None:
    with pytest.raises(TypeError, match="id"):
        Ledger(bad)
    assert [Ledger(good).id for good in ("a", 7, UUID(int=1))] == ["a", "7", str(UUID(int=1))]  # type: ignore[arg-type]  # narrower in the subclass


def test_an_aggregate_tells_what_it_is() -> None:
    assert repr(opened("7")) == "<Ledger '7' at 0, 2 pending>"


def test_the_state_is_shown_as_json() -> None:
    class Plain(Aggregate, registered=False):
        def __init__(self, aggregate_id: str) -> None:
            super().__init__(aggregate_id)
            self.amount = Decimal("1.50")
            self.tags = {"a"}
            self._secret = 1

    assert Plain("1").displayed_state() == {"amount": "1.50", "tags": "{'a'}"}
    assert opened().displayed_state() == {"owner": "Ada", "balance": "10.00", "notes": ["Deposited 10.00 at 2"]}


def test_a_class_is_found_by_its_type() -> None:
    class Parcel(Aggregate):
        aggregate_type = "ParcelOfTheTest"

    assert aggregate_class("ParcelOfTheTest") is Parcel
    assert aggregate_class("Ledger") is None


def test_the_type_is_the_name_of_the_class_where_nothing_is_said() -> None:
    class ParcelOfTheTest(Ledger):
        pass

    assert ParcelOfTheTest.aggregate_type == "ParcelOfTheTest"
    assert aggregate_class("ParcelOfTheTest") is ParcelOfTheTest


def test_a_class_that_is_loaded_anew_takes_the_place_of_the_first() -> None:
    def load() -> type[Aggregate]:
        class Parcel(Aggregate):
            aggregate_type = "ParcelOfTheTest"

        return Parcel

    load()
    again = load()
    assert aggregate_class("ParcelOfTheTest") is again
