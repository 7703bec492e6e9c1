"""How much one event and one call may hold: up to the limit it is stored, beyond it nothing is sent."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from typing import Any

import pytest

from ...encoding import MAX_DEPTH
from ...events import NewEvent
from ...exceptions import InvalidEvent
from ...operations import AppendOperation
from ...plans import MAX_EVENT_BYTES, MAX_EVENTS
from .case import ContractCase, noted, several

# What the JSON text {"text":""} and an empty object of metadata take of an event's bytes.
_FRAME = len('{"text":""}{}')


def _nested(levels: int, innermost: Any) -> dict[str, Any]:
    value: Any = innermost
    for _ in range(levels - 1):
        value = [value]
    return {"a": value}


class LimitContract(ContractCase):
    """The limits of ``append``."""

    def assert_over_limit(self, event: NewEvent, path: str) -> None:
        """Demand that an event is refused with nothing sent."""
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append("Account-1", [noted(), event])
        assert (caught.value.index, caught.value.path) == (1, path)

    def test_the_limits_are_the_promised_ones(self) -> None:
        assert (MAX_EVENTS, MAX_EVENT_BYTES, MAX_DEPTH) == (1000, 2**20, 64)

    def test_1000_events_in_one_call_are_stored(self) -> None:
        result = self.store.append("Account-1", several(1000))
        assert [event.event_version for event in result.events] == list(range(1, 1001))
        assert self.store.get_stream_version("Account-1") == 1000

    def test_1001_events_in_one_call_are_refused(self) -> None:
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append("Account-1", several(1001))
        assert caught.value.index == 1000

    def test_1001_events_in_one_batch_are_refused(self) -> None:
        operations = [AppendOperation("A-1", several(600)), AppendOperation("B-1", several(401))]
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append_batch(operations)
        assert (caught.value.operation, caught.value.index) == (1, 400)

    @pytest.mark.parametrize(("character", "size"), [("a", 1), ("é", 2), ("€", 3), ("😀", 4)])
    def test_an_event_of_one_mebibyte_is_stored(self, character: str, size: int) -> None:
        room = MAX_EVENT_BYTES - _FRAME
        text = character * (room // size) + "a" * (room % size)
        self.store.append("Account-1", [NewEvent("Noted", {"text": text})])
        assert self.store.get_events("Account-1")[0].payload == {"text": text}

    @pytest.mark.parametrize(("character", "size"), [("a", 1), ("é", 2), ("€", 3), ("😀", 4)])
    def test_an_event_of_one_byte_more_is_refused(self, character: str, size: int) -> None:
        room = MAX_EVENT_BYTES - _FRAME
        text = character * (room // size) + "a" * (room % size + 1)
        self.assert_over_limit(NewEvent("Noted", {"text": text}), "payload")

    def test_metadata_counts_like_the_payload(self) -> None:
        half = "a" * (MAX_EVENT_BYTES // 2)
        self.assert_over_limit(NewEvent("Noted", {"text": half}, metadata={"text": half}), "payload")

    def test_a_call_of_many_large_events_is_stored(self) -> None:
        events = [NewEvent("Noted", {"text": "a" * 900_000, "number": number}) for number in range(40)]
        self.store.append("Account-1", events)
        read = self.store.iter_events("Account-1")
        assert [(event.payload["number"], len(event.payload["text"])) for event in read] == [
            (number, 900_000) for number in range(40)
        ]

    @pytest.mark.parametrize("innermost", [{}, []], ids=["object", "list"])
    def test_nesting_of_64_levels_is_stored(self, innermost: Any) -> None:
        payload = _nested(63, innermost)
        self.store.append("Account-1", [NewEvent("Noted", payload)])
        assert self.store.get_events("Account-1")[0].payload == payload

    @pytest.mark.parametrize("innermost", [{}, []], ids=["object", "list"])
    def test_nesting_of_65_levels_is_refused(self, innermost: Any) -> None:
        self.assert_over_limit(NewEvent("Noted", _nested(64, innermost)), "payload.a" + "[0]" * 63)

    def test_a_type_of_100_characters_is_stored(self) -> None:
        self.store.append("Account-1", [NewEvent("é" * 100, {})])
        assert self.store.get_events("Account-1")[0].event_type == "é" * 100

    def test_a_type_of_101_characters_is_refused(self) -> None:
        self.assert_over_limit(NewEvent("T" * 101, {}), "event_type")

    @pytest.mark.parametrize("field", ["aggregate_id", "aggregate_type"])
    def test_a_name_of_255_characters_is_stored(self, field: str) -> None:
        self.store.append("Account-1", [NewEvent("Noted", {}, **{field: "😀" * 255})])  # type: ignore[arg-type]
        assert getattr(self.store.get_events("Account-1")[0], field) == "😀" * 255

    @pytest.mark.parametrize("field", ["aggregate_id", "aggregate_type"])
    def test_a_name_of_256_characters_is_refused(self, field: str) -> None:
        self.assert_over_limit(NewEvent("Noted", {}, **{field: "a" * 256}), field)  # type: ignore[arg-type]

    def test_the_largest_schema_version_is_stored(self) -> None:
        self.store.append("Account-1", [noted(schema_version=2**31 - 1)])
        assert self.store.get_events("Account-1")[0].schema_version == 2**31 - 1
