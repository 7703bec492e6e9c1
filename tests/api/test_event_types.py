"""Payloads over HTTP: in their newest shape, or as they are stored where there is no way to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent, upcaster
from eventstore_django.testing.event_types import temporary_event_types

STREAM = "/eventstore/streams/Account-1/events/"
NOTED = {"events": [{"event_type": "Noted", "payload": {"text": "a"}}]}


@pytest.fixture(autouse=True)
def own_types() -> Iterator[None]:
    with temporary_event_types():
        yield


def _shape(event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return event["schema_version"], event["payload"]


def _upcast_well() -> None:
    upcaster("Noted", from_version=1)(lambda payload: {**payload, "language": "en"})


def _upcast_badly() -> None:
    upcaster("Noted", from_version=1)(lambda payload: {"text": payload["words"]})


def test_a_payload_is_shown_in_its_newest_shape_and_with_its_version(reader: Client) -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {"text": "a"})])
    _upcast_well()
    [event] = reader.get("/eventstore/events/").json()["results"]
    assert _shape(event) == (2, {"text": "a", "language": "en"})


def test_one_that_nobody_declares_is_shown_as_it_is(reader: Client) -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {"text": "a"}, schema_version=3)])
    [event] = reader.get("/eventstore/events/").json()["results"]
    assert _shape(event) == (3, {"text": "a"})


@pytest.mark.parametrize("path", ["/eventstore/events/", "/eventstore/events/?format=jsonl", STREAM])
def test_a_broken_upcaster_hides_no_event(reader: Client, path: str) -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {"text": "a"}), NewEvent("Other", {})])
    _upcast_badly()
    response = reader.get(path)
    text = response.getvalue()
    assert response.status_code == 200
    assert b'"text":"a"' in text.replace(b" ", b"")
    assert b"Other" in text


def test_an_append_that_was_stored_is_no_error_for_a_broken_upcaster(writer: Client) -> None:
    _upcast_badly()
    response = writer.post(STREAM, NOTED, content_type="application/json")
    assert response.status_code == 201
    assert _shape(response.json()["events"][0]) == (1, {"text": "a"})
