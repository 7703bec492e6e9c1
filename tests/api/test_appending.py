from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent

STREAM = "/eventstore/streams/tenant-1/Account/1/events/"


def _post(client: Client, body: Any, **extra: Any) -> Any:
    return client.post(STREAM, body, content_type="application/json", **extra)


def _event(**fields: Any) -> dict[str, Any]:
    return {"event_type": "Noted", "payload": {"text": "a"}, **fields}


def test_an_append_answers_201_with_positions_and_the_new_etag(writer: Client) -> None:
    response = _post(writer, {"events": [_event(), _event()], "expected_version": 0})
    stored = EventStore().get_events("tenant-1/Account/1")
    assert (response.status_code, response["ETag"]) == (201, '"2"')
    assert [event["position"] for event in response.json()["events"]] == [event.position for event in stored]


def test_the_same_ids_again_answer_200_with_the_first_result(writer: Client) -> None:
    body = {"events": [_event(event_id=str(uuid4()))], "expected_version": 0}
    first, again = _post(writer, body), _post(writer, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["events"][0]["position"] == again.json()["events"][0]["position"]


def test_the_same_id_with_other_content_is_a_conflict(writer: Client) -> None:
    event_id = str(uuid4())
    _post(writer, {"events": [_event(event_id=event_id)]})
    response = _post(writer, {"events": [_event(event_id=event_id, payload={})]})
    assert (response.status_code, response.json()["title"]) == (409, "DuplicateEventError")


@pytest.mark.parametrize("expected", [0, 5, "no_stream", "NO_STREAM"])
def test_a_stale_version_is_a_conflict_that_tells_both(writer: Client, expected: object) -> None:
    EventStore().append("tenant-1/Account/1", [NewEvent("Noted", {})])
    response = _post(writer, {"events": [_event()], "expected_version": expected})
    body = response.json()
    assert response.status_code == 409
    assert (body["expected"], body["actual"]) == (5 if expected == 5 else 0, 1)
    assert EventStore().get_stream_version("tenant-1/Account/1") == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({"events": {}}, "events"),
        ({"events": [1]}, "events[0]"),
        ({"events": [{"payload": {}}]}, "events[0].event_type"),
        ({"events": [{"event_type": "Noted"}]}, "events[0].payload"),
        ({"events": [_event(position=1)]}, "events[0].position"),
        ({"events": [_event()], "actor": "me"}, "actor"),
        ({"events": [_event(), _event(payload=[1])]}, "events[1].payload"),
        ({"events": [_event(payload={"a": [{"b": "\0"}]})]}, "events[0].payload.a[0].b"),
        ({"events": [_event(event_id="no")]}, "events[0].event_id"),
        ({"events": [_event(event_id=5)]}, "events[0].event_id"),
        ({"events": [_event(occurred_at="2024-01-01T00:00:00")]}, "events[0].occurred_at"),
        ({"events": [_event(occurred_at="yesterday")]}, "events[0].occurred_at"),
        ({"events": [_event(occurred_at="2024-01-01T00:00:00.1234567+00:00")]}, "events[0].occurred_at"),
        ({"events": [_event(metadata={"correlation_id": "c" * 6000})]}, "events[0].metadata.correlation_id"),
        ({"events": [_event(metadata="no")]}, "events[0].metadata"),
    ],
)
def test_bad_input_is_named_and_stores_nothing(writer: Client, body: Any, field: str) -> None:
    response = _post(writer, body)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["field"] == field
    assert not EventStore().stream_exists("tenant-1/Account/1")


@pytest.mark.parametrize("expected", [-1, True, "many", 1.5, [], {}])
def test_a_wrong_expected_version_is_refused(writer: Client, expected: object) -> None:
    assert _post(writer, {"events": [_event()], "expected_version": expected}).status_code == 400


@pytest.mark.parametrize(
    "text", ["{", "nothing", '{"events": [{"event_type": "a", "payload": {"a": NaN}}]}', "[" * 5000]
)
def test_what_is_no_json_is_refused(writer: Client, text: str) -> None:
    assert _post(writer, text).status_code == 400


def test_a_body_that_is_too_large_is_refused(writer: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert _post(writer, {"events": [_event(payload={"a": "x" * 200})]}).status_code == 413


def test_appending_to_everything_is_refused(writer: Client) -> None:
    response = writer.post("/eventstore/streams/$all/events/", {"events": [_event()]}, content_type="application/json")
    assert (response.status_code, response.json()["title"]) == (400, "InvalidStreamName")


def test_session_authentication_asks_for_the_csrf_token(csrf_checked_writer: Client) -> None:
    assert _post(csrf_checked_writer, {"events": [_event()]}).status_code == 403
    assert not EventStore().stream_exists("tenant-1/Account/1")


def test_the_request_and_the_user_are_in_the_metadata(writer: Client) -> None:
    response = _post(writer, {"events": [_event()]}, headers={"X-Request-ID": "request-7"})
    metadata = response.json()["events"][0]["metadata"]
    assert (metadata["request_id"], bool(metadata["user"])) == ("request-7", True)
