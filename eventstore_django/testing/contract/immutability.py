"""Stored events are facts: neither the ORM nor SQL changes or removes them."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync
from django.db import Error, connections, transaction
from django.db.models import ProtectedError

from ...erasure import erasure
from ...exceptions import ImmutableEventError
from ...models import Event, Stream
from ...querysets import EventQuerySet
from .case import ContractCase, noted, numbers, several

QUERYSET_CALLS: dict[str, Callable[[EventQuerySet], object]] = {
    "update": lambda events: events.update(event_type="Other"),
    "aupdate": lambda events: async_to_sync(events.aupdate)(event_type="Other"),
    "delete": lambda events: events.delete(),
    "adelete": lambda events: async_to_sync(events.adelete)(),
    "bulk_update": lambda events: events.bulk_update(list(events), ["event_type"]),
    "bulk_create": lambda events: events.bulk_create([Event(stream_id="A-1", event_type="Other", event_version=9)]),
    "abulk_create": lambda events: async_to_sync(events.abulk_create)(
        [Event(stream_id="A-1", event_type="Other", event_version=9)]
    ),
    "create": lambda events: events.create(stream_id="A-1", event_type="Other", event_version=9),
    "get_or_create": lambda events: events.get_or_create(stream_id="A-1", event_version=9),
    "update_or_create": lambda events: events.update_or_create(stream_id="A-1", defaults={"event_type": "Other"}),
    "filtered update": lambda events: events.settled().of_type("Noted").update(event_type="Other"),
    "sliced delete": lambda events: events.order_by("position").delete(),
}

INSTANCE_CALLS: dict[str, Callable[[Event], object]] = {
    "save": lambda event: event.save(),
    "asave": lambda event: async_to_sync(event.asave)(),
    "save of one field": lambda event: event.save(update_fields=["event_type"]),
    "forced insert": lambda event: event.save(force_insert=True),
    "delete": lambda event: event.delete(),
    "adelete": lambda event: async_to_sync(event.adelete)(),
}

RAW_UPDATES = [
    "UPDATE eventstore_events SET event_type = 'Other'",
    "UPDATE eventstore_events SET event_data = event_data",
    "UPDATE eventstore_events SET event_version = event_version + 1 WHERE stream_id = 'A-1'",
    "UPDATE eventstore_events SET metadata = '{}' WHERE position > 0",
]
RAW_DELETES = ["DELETE FROM eventstore_events", "DELETE FROM eventstore_events WHERE stream_id = 'A-1'"]


class ImmutabilityContract(ContractCase):
    """What must not work."""

    @pytest.mark.parametrize("call", QUERYSET_CALLS.values(), ids=QUERYSET_CALLS)
    def test_a_queryset_refuses_to_change_events(self, call: Callable[[EventQuerySet], object]) -> None:
        before = self.store.append("A-1", several(1)).events
        with pytest.raises(ImmutableEventError):
            call(self.events.stream("A-1"))
        assert self.store.get_events("A-1") == list(before)

    @pytest.mark.parametrize("call", INSTANCE_CALLS.values(), ids=INSTANCE_CALLS)
    def test_an_event_refuses_to_be_changed(self, call: Callable[[Event], object]) -> None:
        before = self.store.append("A-1", several(1)).events
        event = self.events.get(pk=before[0].position)
        event.event_type = "Other"
        with pytest.raises(ImmutableEventError):
            call(event)
        assert self.store.get_events("A-1") == list(before)

    def test_an_event_of_the_callers_own_making_cannot_be_saved(self) -> None:
        event = Event(stream_id="A-1", event_type="Noted", event_version=1, payload={})
        with self.nothing_sent(), pytest.raises(ImmutableEventError):
            event.save(using=self.using)

    def test_a_refusal_of_the_orm_sends_nothing_and_leaves_the_transaction_usable(self) -> None:
        self.store.append("A-1", several(1))
        with transaction.atomic(using=self.using):
            with self.nothing_sent(), pytest.raises(ImmutableEventError):
                self.events.stream("A-1").update(event_type="Other")
            self.store.append("A-1", [noted(2)])
        assert numbers(self.store.get_events("A-1")) == [1, 2]

    @pytest.mark.parametrize("statement", RAW_UPDATES)
    def test_the_database_refuses_update(self, statement: str) -> None:
        before = self.store.append("A-1", several(2)).events
        with pytest.raises(Error):
            self.execute(statement)
        assert self.store.get_events("A-1") == list(before)

    @pytest.mark.parametrize("statement", RAW_DELETES)
    def test_the_database_refuses_delete_unless_its_test_databases_have_a_door(self, statement: str) -> None:
        before = self.store.append("A-1", several(2)).events
        if self.refuses_raw_delete:
            with pytest.raises(Error):
                self.execute(statement)
            assert self.store.get_events("A-1") == list(before)
        else:
            self.execute(statement)
            assert self.store.get_events("A-1") == []

    def test_the_database_refuses_what_goes_around_the_manager(self) -> None:
        before = self.store.append("A-1", several(2)).events
        with pytest.raises(Error), transaction.atomic(using=self.using):
            Event._base_manager.using(self.using).update(event_type="Other")
        assert self.store.get_events("A-1") == list(before)

    def test_a_stream_with_events_cannot_be_deleted(self) -> None:
        self.store.append("A-1", several(1))
        with pytest.raises(ProtectedError):
            Stream._base_manager.using(self.using).get(pk="A-1").delete()
        assert self.store.get_stream_version("A-1") == 1

    def test_the_row_of_a_stream_can_not_be_deleted_past_the_models(self) -> None:
        self.store.append("A-1", several(2))
        statement = "DELETE FROM eventstore_streams WHERE stream_id = 'A-1'"
        if self.refuses_raw_delete:
            with pytest.raises(Error):
                self.execute(statement)
            with erasure(reason="request 7", actor="ada", using=self.using) as door:
                door.remove(self.events.stream("A-1"))
                with pytest.raises(Error):
                    self.execute(statement)
            assert self.store.get_stream_version("A-1") == 2
        else:
            self.execute(statement)
            assert not self.has_stream_row("A-1")

    def test_a_row_that_has_no_version_can_be_deleted(self) -> None:
        Stream._base_manager.using(self.using).create(stream_id="A-1")
        self.execute("DELETE FROM eventstore_streams WHERE stream_id = 'A-1'")
        assert not self.has_stream_row("A-1")

    def execute(self, statement: str) -> None:
        """Send a statement past the ORM, in a savepoint: it may fail."""
        with transaction.atomic(using=self.using), connections[self.using].cursor() as cursor:
            cursor.execute(statement)
