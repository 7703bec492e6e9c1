from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import Event

from .routes import EVENT, PREFIX


def _batch(client: Client, *operations: Any) -> Any:
    return client.post(f"{PREFIX}batch/", {"operations": list(operations)}, content_type="application/json")


def test_several_streams_are_appended_to_at_once(writer: Client) -> None:
    response = _batch(
        writer,
        {"stream_id": "Account-1", "events": [EVENT, EVENT], "expected_version": 0},
        {"stream_id": "Account-2", "events": [EVENT], "expected_version": "no_stream"},
    )
    assert response.status_code == 201
    assert [(r["stream_id"], r["version"]) for r in response.json()["results"]] == [("Account-1", 2), ("Account-2", 1)]


def test_nothing_is_stored_if_one_stream_is_not_as_expected(writer: Client) -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {})])
    response = _batch(
        writer,
        {"stream_id": "Account-0", "events": [EVENT]},
        {"stream_id": "Account-1", "events": [EVENT], "expected_version": 0},
        {"stream_id": "Account-2", "events": [EVENT], "expected_version": "stream_exists"},
    )
    conflicts = [
        {"stream_id": "Account-1", "expected": 0, "actual": 1},
        {"stream_id": "Account-2", "expected": "STREAM_EXISTS", "actual": 0},
    ]
    assert (response.status_code, response.json()["conflicts"]) == (409, conflicts)
    assert Event.objects.count() == 1


def test_operations_without_events_only_check(writer: Client) -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {})])
    assert _batch(writer, {"stream_id": "Account-1", "expected_version": 1}).status_code == 200
    assert _batch(writer, {"stream_id": "Account-1", "expected_version": 2}).status_code == 409


def test_a_repeat_answers_200(writer: Client) -> None:
    operation = {"stream_id": "Account-1", "events": [{**EVENT, "event_id": str(uuid4())}]}
    first, again = _batch(writer, operation), _batch(writer, operation)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["results"][0]["events"] == again.json()["results"][0]["events"]


@pytest.mark.parametrize("name", ["a//b", "..", "a/../b", "a/events", "x/", "%2F", "größe 7", "streams/?", "a" * 255])
def test_every_legal_name_is_reached(login: Any, name: str) -> None:
    client = login("view_event", "add_event")
    assert _batch(client, {"stream_id": name, "events": [EVENT]}).status_code == 201
    for address in ("events/", "streams/"):
        results = client.get(PREFIX + address, {"stream_id": name}).json()["results"]
        assert [row["stream_id"] for row in results] == [name]


@pytest.mark.parametrize(
    ("operations", "field"),
    [
        ({}, "operations"),
        ([1], "operations[0]"),
        ([{"events": []}], "operations[0].stream_id"),
        ([{"stream_id": 7}], "operations[0].stream_id"),
        ([{"stream_id": "$all", "events": [EVENT]}], "operations[0].stream_id"),
        ([{"stream_id": "a"}, {"stream_id": "a\n"}], "operations[1].stream_id"),
        ([{"stream_id": "a", "events": {}}], "operations[0].events"),
        ([{"stream_id": "a", "events": [EVENT, {"event_type": "A"}]}], "operations[0].events[1].payload"),
        (
            [{"stream_id": "a"}, {"stream_id": "b", "events": [{**EVENT, "payload": 1}]}],
            "operations[1].events[0].payload",
        ),
        ([{"stream_id": "a", "expected_version": -1}], "operations[0].expected_version"),
        ([{"stream_id": "a", "version": 1}], "operations[0].version"),
        ([{"stream_id": "a"}] * 1001, "operations"),
    ],
)
def test_bad_operations_are_named_and_store_nothing(writer: Client, operations: Any, field: str) -> None:
    good = {"stream_id": "good", "events": [EVENT]}
    body = {"operations": [*operations, good] if isinstance(operations, list) else operations}
    response = writer.post(f"{PREFIX}batch/", body, content_type="application/json")
    assert (response.status_code, response.json()["field"]) == (400, field)
    assert not Event.objects.exists()
