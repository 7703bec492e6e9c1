"""Upcasters: what they get, what they may return, and what is told when they fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from eventstore_django import PayloadMismatch, RecordedEvent, register_event, upcaster
from eventstore_django.eventtypes.registry import registry


@pytest.fixture(autouse=True)
def nothing_is_registered() -> Iterator[None]:
    with registry.kept(empty=True):
        yield


@dataclass(frozen=True)
class Opened:
    owner: str


def recorded(payload: dict[str, Any], schema_version: int = 1) -> RecordedEvent:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    return RecordedEvent(
        1, UUID(int=1), "A-1", 7, "Opened", payload, {}, "1", "A", "A", None, moment, moment, schema_version
    )


def mismatch(event: RecordedEvent) -> PayloadMismatch:
    with pytest.raises(PayloadMismatch) as caught:
        _ = event.payload
    return caught.value


def test_upcasters_may_change_what_they_get_and_the_stored_payload_stays() -> None:
    @upcaster("Opened", from_version=1)
    def renamed(payload: dict[str, Any]) -> dict[str, Any]:
        payload["tags"].append("old")
        payload["owner"] = payload.pop("name")
        return payload

    event = recorded({"name": "Ada", "tags": []})
    assert event.payload == {"owner": "Ada", "tags": ["old"]}
    assert event.stored_payload == {"name": "Ada", "tags": []}


def test_an_upcaster_that_keeps_what_it_returns_is_not_given_it_again() -> None:
    kept: dict[str, Any] = {"tags": []}
    upcaster("Opened", from_version=1)(lambda payload: kept)

    @upcaster("Opened", from_version=2)
    def tagged(payload: dict[str, Any]) -> dict[str, Any]:
        payload["tags"].append("old")
        return payload

    assert [recorded({}).payload, recorded({}).payload] == [{"tags": ["old"]}] * 2
    assert kept == {"tags": []}


def test_without_a_class_the_chain_leads_as_far_as_the_upcasters() -> None:
    upcaster("Opened", from_version=2)(lambda payload: {"a": payload["a"] + 10})
    upcaster("Opened", from_version=1)(lambda payload: {"a": payload["a"] + 1})
    assert [recorded({"a": 0}, version).payload for version in (1, 2, 3, 4)] == [
        {"a": 11},
        {"a": 10},
        {"a": 0},
        {"a": 0},
    ]


def test_the_version_of_a_payload_is_that_of_the_shape_it_has() -> None:
    upcaster("Opened", from_version=2)(lambda payload: payload)
    upcaster("Opened", from_version=1)(lambda payload: payload)
    events = [recorded({}, version) for version in (1, 2, 3, 4)]
    assert [event.payload_version for event in events] == [3, 3, 3, 4]
    assert [event.schema_version for event in events] == [1, 2, 3, 4]


def test_an_upcaster_is_called_once_for_an_event_and_only_when_the_payload_is_asked_for() -> None:
    calls = []

    @upcaster("Opened", from_version=1)
    def counted(payload: dict[str, Any]) -> dict[str, Any]:
        calls.append(payload)
        return payload

    event = recorded({})
    assert (repr(event), hash(event), event.stored_payload, calls)[2:] == ({}, [])
    assert event.payload is event.payload
    assert len(calls) == 1


def test_an_event_in_the_newest_shape_is_left_alone() -> None:
    upcaster("Opened", from_version=1)(lambda payload: {})
    payload = {"owner": "Ada"}
    event = recorded(payload, 2)
    assert event.payload is event.stored_payload is payload
    assert (event.outdated_payload, event.is_upcast) == (None, False)


def test_an_upcaster_beyond_the_version_of_the_class_is_not_run() -> None:
    register_event("Opened", version=2)(Opened)
    upcaster("Opened", from_version=1)(lambda payload: {"owner": payload["name"]})
    upcaster("Opened", from_version=2)(lambda payload: {})
    assert recorded({"name": "Ada"}).typed == Opened("Ada")


def test_values_that_json_lacks_become_their_canonical_texts() -> None:
    upcaster("Opened", from_version=1)(lambda payload: {"limit": Decimal(payload["limit"]).quantize(Decimal("0.01"))})
    assert recorded({"limit": "5"}).payload == {"limit": "5.00"}


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (None, "the upcaster from version 1 returned nothing; it must return the payload"),
        ([], "what the upcaster from version 1 returned must be an object (a dict), not list"),
        ({"a": {"b": float("nan")}}, "what the upcaster from version 1 returned is nan"),
        ({"a": {"b": {1}}}, "what the upcaster from version 1 returned is a set"),
    ],
)
def test_a_result_that_is_no_payload_is_told(result: Any, reason: str) -> None:
    upcaster("Opened", from_version=1)(lambda payload: result)
    error = mismatch(recorded({}))
    assert error.reason.startswith(reason)
    assert error.path == ("a.b" if isinstance(result, dict) else "")


def test_what_an_upcaster_raises_is_the_cause_of_an_error_that_says_where() -> None:
    upcaster("Opened", from_version=1)(lambda payload: payload["nope"])
    error = mismatch(recorded({}))
    assert isinstance(error.__cause__, KeyError)
    assert str(error) == (
        "stream 'A-1', event 7 ('Opened' of version 1): the upcaster from version 1 raised KeyError: 'nope'."
    )


def test_a_hole_in_the_chain_is_an_error_and_not_a_payload_of_another_shape() -> None:
    register_event("Opened", version=4)(Opened)
    upcaster("Opened", from_version=1)(lambda payload: payload)
    upcaster("Opened", from_version=3)(lambda payload: payload)
    assert mismatch(recorded({})).reason == "there is no upcaster from version 2"
    assert recorded({"owner": "Ada"}, 3).typed == Opened("Ada")


def test_an_event_that_can_not_be_upcast_can_be_shown_and_compared_by_its_parts() -> None:
    upcaster("Opened", from_version=1)(lambda payload: payload["nope"])
    event = recorded({"owner": "Ada"})
    assert "payload={'owner': 'Ada'}" in repr(event)
    assert hash(event) == hash(recorded({"owner": "Ada"}))


def test_a_name_that_an_event_does_not_have_is_an_attribute_error() -> None:
    upcaster("Opened", from_version=1)(lambda payload: payload)
    with pytest.raises(AttributeError, match="'paylod'"):
        _ = recorded({}).paylod  # type: ignore[attr-defined]
