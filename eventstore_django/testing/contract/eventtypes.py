"""Event types: instances go in and come back, old payloads come back in the newest shape."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

import pytest

from ...encoding import JSONObject
from ...events import NewEvent
from ...eventtypes.declaring import register_event, upcaster
from ...exceptions import DuplicateEventError, InvalidEvent, PayloadMismatch, UnknownEventType
from ...models import Event
from ...operations import AppendOperation
from ..event_types import temporary_event_types
from .case import ContractCase, noted


class _Kind(Enum):
    BOOK = "book"
    CD = "cd"


@dataclass(frozen=True, slots=True)
class _Line:
    kind: _Kind
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ordered:
    order_id: UUID
    placed_at: datetime
    lines: tuple[_Line, ...]
    note: str | None = None


@dataclass(frozen=True)
class _Renamed:
    first: str
    last: str


def _ordered(**changes: Any) -> _Ordered:
    lines = (_Line(_Kind.BOOK, Decimal("1.50")), _Line(_Kind.CD, Decimal("1E+2")))
    given = {"order_id": uuid4(), "placed_at": datetime(2024, 2, 29, 1, 2, 3, 456789, tzinfo=UTC), "lines": lines}
    return _Ordered(**{**given, **changes})


def _split(payload: JSONObject) -> JSONObject:
    payload["first"], payload["last"] = payload.pop("name").split(" ")
    return payload


class EventTypeContract(ContractCase):
    """Instances, upcasters, and what is stored."""

    @pytest.fixture(autouse=True)
    def event_types(self) -> Iterator[None]:
        with temporary_event_types():
            register_event("Ordered")(_Ordered)
            register_event("Renamed", version=3)(_Renamed)
            upcaster("Renamed", from_version=1)(lambda payload: {"name": payload["title"]})
            upcaster("Renamed", from_version=2)(_split)
            yield

    def append_old(self, version: int, payload: JSONObject, stream_id: str = "User-1") -> NewEvent:
        event = NewEvent("Renamed", payload, schema_version=version)
        self.store.append(stream_id, [event])
        return event

    # Instances

    def test_an_instance_comes_back_as_it_went_in(self) -> None:
        order = _ordered()
        result = self.store.append("Order-1", [order])
        assert result.events[0].typed == order
        assert self.store.get_events("Order-1")[0].typed == order

    def test_an_untyped_read_gives_the_canonical_texts(self) -> None:
        order = _ordered()
        self.store.append("Order-1", [order])
        assert self.store.get_events("Order-1")[0].payload == {
            "order_id": str(order.order_id),
            "placed_at": "2024-02-29T01:02:03.456789+00:00",
            "lines": [{"kind": "book", "price": "1.50"}, {"kind": "cd", "price": "1E+2"}],
            "note": None,
        }

    def test_the_name_and_the_version_of_the_class_are_stored(self) -> None:
        self.store.append("User-1", [_Renamed("Ada", "Lovelace")])
        row = self.events.get(stream_id="User-1")
        assert (row.event_type, row.schema_version) == ("Renamed", 3)

    def test_instances_and_new_events_may_stand_side_by_side(self) -> None:
        self.store.append("User-1", [noted(), _Renamed("Ada", "L"), noted(2)])
        operations = [AppendOperation("User-2", [_Renamed("B", "C"), noted()]), AppendOperation("User-3", [_ordered()])]
        self.store.append_batch(operations)
        Event.objects.db_manager(self.using).append("User-4", [_Renamed("D", "E")])
        types = [[event.event_type for event in self.store.get_events(f"User-{number}")] for number in (1, 2, 3, 4)]
        assert types == [["Noted", "Renamed", "Noted"], ["Renamed", "Noted"], ["Ordered"], ["Renamed"]]

    def test_an_instance_can_be_given_what_a_new_event_has(self) -> None:
        moment = datetime(2024, 1, 1, tzinfo=UTC)
        event = NewEvent.of(_ordered(), metadata={"a": 1}, event_id=UUID(int=7), occurred_at=moment, aggregate_id="x")
        self.store.append("Order-1", [event])
        found = self.store.get_events("Order-1")[0]
        assert (found.event_id, found.metadata, found.occurred_at, found.aggregate_id) == (
            UUID(int=7),
            {"a": 1},
            moment,
            "x",
        )

    def test_an_instance_that_is_wrapped_once_is_stored_once(self) -> None:
        event = NewEvent.of(_ordered())
        self.store.append("Order-1", [event])
        assert self.store.append("Order-1", [event]).replayed
        assert self.store.get_stream_version("Order-1") == 1

    def test_an_instance_of_another_class_is_refused_with_its_index(self) -> None:
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append("Order-1", [_ordered(), _Line(_Kind.CD, Decimal(1))])
        assert caught.value.index == 1

    def test_a_value_that_its_field_does_not_declare_is_refused_with_its_path(self) -> None:
        lines = (_Line(_Kind.CD, Decimal(1)), _Line(_Kind.CD, 2.5))  # type: ignore[arg-type]  # that is the point
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append("Order-1", [_ordered(lines=lines)])
        assert (caught.value.index, caught.value.path) == (0, "payload.lines[1].price")

    def test_the_typed_form_of_an_event_without_a_class_is_an_error_of_its_own(self) -> None:
        self.store.append("A-1", [noted()])
        with pytest.raises(UnknownEventType, match="'Noted'"):
            _ = self.store.get_events("A-1")[0].typed

    # Older versions

    def test_an_old_payload_comes_back_in_the_newest_shape(self) -> None:
        self.append_old(1, {"title": "Ada Lovelace"})
        self.append_old(2, {"name": "Grace Hopper"})
        self.store.append("User-1", [_Renamed("Alan", "Turing")])
        found = self.store.get_events("User-1")
        assert [event.payload["last"] for event in found] == ["Lovelace", "Hopper", "Turing"]
        assert found[0].typed == _Renamed("Ada", "Lovelace")

    def test_the_result_of_an_append_and_every_read_give_the_newest_shape(self) -> None:
        first = self.next_position()
        event = NewEvent("Renamed", {"title": "Ada Lovelace"}, schema_version=1)
        result = self.store.append("User-1", [event]).events[0]
        read = [
            result,
            self.store.append("User-1", [event]).events[0],
            *self.store.get_all_events(first),
            *self.store.get_category_events("User", first),
            *self.store.iter_events("User-1"),
            self.events.get(stream_id="User-1").recorded(),
        ]
        assert [found.payload for found in read] == [{"first": "Ada", "last": "Lovelace"}] * len(read)

    def test_what_is_stored_stays_and_can_be_seen(self) -> None:
        self.append_old(1, {"title": "Ada Lovelace"})
        found = self.store.get_events("User-1")[0]
        assert (found.payload, found.stored_payload) == (
            {"first": "Ada", "last": "Lovelace"},
            {"title": "Ada Lovelace"},
        )
        assert found.schema_version == 1
        assert self.events.get(stream_id="User-1").payload == {"title": "Ada Lovelace"}

    def test_a_repeated_append_is_compared_with_what_is_stored(self) -> None:
        event = self.append_old(1, {"title": "Ada Lovelace"})
        assert self.store.append("User-1", [event]).replayed
        newest = NewEvent("Renamed", {"first": "Ada", "last": "Lovelace"}, event_id=event.event_id, schema_version=3)
        with pytest.raises(DuplicateEventError):
            self.store.append("User-1", [newest])

    def test_a_payload_that_can_not_be_upcast_tells_where_it_stands(self) -> None:
        self.append_old(1, {"title": "Ada Lovelace"})
        self.append_old(1, {"titel": "Ada Lovelace"})
        good, bad = self.store.get_events("User-1")
        assert good.payload["first"] == "Ada"
        with pytest.raises(PayloadMismatch, match="KeyError") as caught:
            _ = bad.payload
        error = caught.value
        assert (error.stream_id, error.event_version, error.event_type, error.schema_version) == (
            "User-1",
            2,
            "Renamed",
            1,
        )
        assert bad.stored_payload == {"titel": "Ada Lovelace"}

    def test_a_payload_that_does_not_fit_its_class_tells_the_path(self) -> None:
        order = NewEvent.of(_ordered())
        order.payload["lines"][1]["kind"] = "vinyl"
        self.store.append("Order-1", [order])
        with pytest.raises(PayloadMismatch, match="vinyl") as caught:
            _ = self.store.get_events("Order-1")[0].typed
        assert caught.value.path == "lines[1].kind"

    def test_an_event_of_a_version_that_is_not_known_here_is_read_as_it_is_stored(self) -> None:
        self.append_old(4, {"full_name": "Ada Lovelace"})
        found = self.store.get_events("User-1")[0]
        assert found.payload == {"full_name": "Ada Lovelace"}
        with pytest.raises(PayloadMismatch, match="version 4"):
            _ = found.typed

    # Recorded events stay the values that they are

    def test_a_copy_with_changes_keeps_the_newest_and_the_stored_shape(self) -> None:
        self.append_old(1, {"title": "Ada Lovelace"})
        found = self.store.get_events("User-1")[0]
        copy = replace(found, position=found.position + 1)
        assert (copy.payload, copy.stored_payload) == (found.payload, found.stored_payload)
        assert replace(copy, position=found.position) == found
        assert replace(found, payload={"first": "B", "last": "C"}).typed == _Renamed("B", "C")

    def test_recorded_events_can_be_compared_hashed_and_pickled(self) -> None:
        self.append_old(1, {"title": "Ada Lovelace"})
        self.append_old(3, {"first": "Ada", "last": "Lovelace"})
        found = self.store.get_events("User-1")
        assert pickle.loads(pickle.dumps(found)) == found == self.store.get_events("User-1")  # noqa: S301  # own data
        assert len({*found, *self.store.get_events("User-1")}) == 2
        assert found[0] != found[1]

    def test_a_pickled_event_is_upcast_by_the_code_that_reads_it(self) -> None:
        self.append_old(1, {"title": "Ada Lovelace"})
        found = self.store.get_events("User-1")[0]
        assert found.payload["first"] == "Ada"
        pickled = pickle.dumps(found)
        with temporary_event_types():
            upcaster("Renamed", from_version=1)(lambda payload: {"name": "Some Body"})
            assert pickle.loads(pickled).payload == {"first": "Some", "last": "Body"}  # noqa: S301  # own data
