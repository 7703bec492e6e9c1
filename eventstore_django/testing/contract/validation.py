"""Bad input: refused before any SQL, with the index of the event and the path of the value."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any

import pytest
from django.db import transaction

from ...events import NewEvent
from ...exceptions import InvalidEvent
from .case import ContractCase, noted


class _Bad(Enum):
    TUPLE = (1, 2)
    NAN = math.nan


BAD_VALUES: dict[str, Any] = {
    "nan": math.nan,
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "negative zero": -0.0,
    "float that becomes an integer": 1e16,
    "very large float": -1.7976931348623157e308,
    "NUL": "a\x00b",
    "lone high surrogate": "\ud800",
    "lone low surrogate": "a\udfff",
    "decimal nan": Decimal("NaN"),
    "decimal infinity": Decimal("-Infinity"),
    "integer beyond what Python reads": 10**4300,
    "tuple": (1, 2),
    "set": {1},
    "frozenset": frozenset(),
    "bytes": b"bytes",
    "bytearray": bytearray(b"bytes"),
    "complex": 1j,
    "time": time(12, 30),
    "timedelta": timedelta(seconds=1),
    "object": object(),
    "class": date,
    "function": len,
    "mapping": MappingProxyType({"a": 1}),
    "generator": iter([1]),
    "enum of a tuple": _Bad.TUPLE,
    "enum of nan": _Bad.NAN,
}

BAD_KEYS: dict[str, Any] = {
    "int": 1,
    "bool": True,
    "none": None,
    "float": 1.5,
    "tuple": (1,),
    "bytes": b"a",
    "NUL": "\x00",
    "lone surrogate": "\udc00",
}

# Where a bad value may hide, and the path that leads there.
PLACES: dict[str, tuple[Any, str]] = {
    "item": (lambda bad: {"a": bad}, ".a"),
    "in a list": (lambda bad: {"a": [0, bad]}, ".a[1]"),
    "deeper": (lambda bad: {"items": [{}, {}, {"price": bad}]}, ".items[2].price"),
    "odd key": (lambda bad: {"a b": bad}, "['a b']"),
}

NOT_OBJECTS = [None, [], [1], "text", 1, True, (), {1}, MappingProxyType({"a": 1})]

BAD_FIELDS: dict[str, tuple[str, Any]] = {
    "no type": ("event_type", ""),
    "type not a text": ("event_type", 7),
    "type with NUL": ("event_type", "A\x00"),
    "type with a control character": ("event_type", "A\n"),
    "type with a surrogate": ("event_type", "\ud800"),
    "id not a uuid": ("event_id", "c7d3f3a0-0000-7000-8000-000000000000"),
    "naive time": ("occurred_at", datetime(2024, 1, 1)),
    "time not a datetime": ("occurred_at", date(2024, 1, 1)),
    "time as text": ("occurred_at", "2024-01-01T00:00:00Z"),
    "time before year 1": ("occurred_at", datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))),
    "time after year 9999": ("occurred_at", datetime.max.replace(tzinfo=timezone(-timedelta(hours=12)))),
    "no aggregate id": ("aggregate_id", ""),
    "aggregate id not a text": ("aggregate_id", 7),
    "aggregate id with NUL": ("aggregate_id", "\x00"),
    "no aggregate type": ("aggregate_type", ""),
    "aggregate type with a surrogate": ("aggregate_type", "\udfff"),
    "schema version 0": ("schema_version", 0),
    "schema version a bool": ("schema_version", True),
    "schema version a text": ("schema_version", "1"),
    "schema version a float": ("schema_version", 1.0),
    "schema version too large": ("schema_version", 2**31),
}


class ValidationContract(ContractCase):
    """Refusals of ``append``."""

    def assert_refused(self, event: NewEvent) -> InvalidEvent:
        """Demand that an event is refused, as the second of a call, with nothing sent."""
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append("Account-1", [noted(), event, noted()])
        error = caught.value
        assert (error.index, error.operation) == (1, 0)
        assert str(error).startswith(f"event 1: {error.path}: ")
        return error

    @pytest.mark.parametrize("bad", BAD_VALUES.values(), ids=BAD_VALUES)
    @pytest.mark.parametrize(("place", "path"), PLACES.values(), ids=PLACES)
    def test_a_value_that_would_not_come_back_is_refused(self, bad: Any, place: Any, path: str) -> None:
        assert self.assert_refused(NewEvent("Noted", place(bad))).path == f"payload{path}"

    @pytest.mark.parametrize("bad", BAD_VALUES.values(), ids=BAD_VALUES)
    def test_metadata_is_checked_like_a_payload(self, bad: Any) -> None:
        assert self.assert_refused(noted(metadata={"a": [bad]})).path == "metadata.a[0]"

    @pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS)
    def test_a_key_that_is_no_text_is_refused_at_its_object(self, key: Any) -> None:
        assert self.assert_refused(NewEvent("Noted", {key: 1})).path == "payload"
        assert self.assert_refused(NewEvent("Noted", {"a": [{key: 1}]})).path == "payload.a[0]"

    @pytest.mark.parametrize("payload", NOT_OBJECTS, ids=repr)
    def test_a_payload_that_is_no_dict_is_refused(self, payload: Any) -> None:
        assert self.assert_refused(NewEvent("Noted", payload)).path == "payload"

    @pytest.mark.parametrize("metadata", [[1], "text", 1, True, {1}], ids=repr)
    def test_metadata_that_is_no_dict_is_refused(self, metadata: Any) -> None:
        assert self.assert_refused(noted(metadata=metadata)).path == "metadata"

    def test_a_payload_that_holds_itself_is_refused(self) -> None:
        payload: dict[str, Any] = {}
        payload["self"] = payload
        assert self.assert_refused(NewEvent("Noted", payload)).path.startswith("payload.self.self")

    @pytest.mark.parametrize(("field", "value"), BAD_FIELDS.values(), ids=BAD_FIELDS)
    def test_a_bad_field_is_refused_by_its_name(self, field: str, value: Any) -> None:
        fields = {"event_type": "Noted", "payload": {}, field: value}
        assert self.assert_refused(NewEvent(**fields)).path == field

    def test_a_refusal_leaves_the_callers_transaction_usable(self) -> None:
        with transaction.atomic(using=self.using):
            with pytest.raises(InvalidEvent):
                self.store.append("Account-1", [NewEvent("Noted", {"a": math.nan})])
            self.store.append("Account-1", [noted()])
        assert self.store.get_stream_version("Account-1") == 1

    def test_nothing_of_a_call_with_a_bad_event_is_stored(self) -> None:
        with pytest.raises(InvalidEvent):
            self.store.append("Account-1", [noted(), NewEvent("Noted", {"a": math.nan})])
        assert self.store.get_events("Account-1") == []

    def test_the_first_and_the_last_moment_are_kept(self) -> None:
        moments = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
        self.store.append("Account-1", [noted(occurred_at=moment) for moment in moments])
        assert [event.occurred_at for event in self.store.get_events("Account-1")] == moments
