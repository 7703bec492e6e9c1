"""Events that are made quickly are those that are made in the usual way."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from eventstore_django import RecordedEvent, upcaster
from eventstore_django.recording import recorded_event
from eventstore_django.testing.event_types import temporary_event_types

TIME = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIELDS = (7, UUID(int=1), "Account-1", 3, "Opened", {"owner": "Ada"}, {"user": "1"}, "1", "Account", "Account", None)
ROW = (*FIELDS, TIME, TIME, 1)


def test_it_is_a_recorded_event_with_every_field() -> None:
    event = recorded_event(*ROW)
    assert type(event) is RecordedEvent
    assert event == RecordedEvent(*ROW)
    assert (hash(event), repr(event)) == (hash(RecordedEvent(*ROW)), repr(RecordedEvent(*ROW)))


@pytest.mark.parametrize("slot", RecordedEvent.__slots__)
def test_each_slot_is_as_the_constructor_fills_it(slot: str) -> None:
    assert getattr(recorded_event(*ROW), slot) == getattr(RecordedEvent(*ROW), slot)


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        recorded_event(*ROW).position = 8  # type: ignore[misc]  # that is the point


def test_it_can_be_pickled_and_replaced() -> None:
    event = recorded_event(*ROW)
    assert pickle.loads(pickle.dumps(event)) == event
    assert replace(event, position=8).position == 8


def test_its_payload_is_upcast_when_it_is_asked_for() -> None:
    with temporary_event_types():
        upcaster("Opened", from_version=1)(lambda payload: {**payload, "currency": "EUR"})
        event = recorded_event(*ROW)
        assert event.is_upcast
        assert event.stored_payload == {"owner": "Ada"}
        assert event.payload == {"owner": "Ada", "currency": "EUR"}
