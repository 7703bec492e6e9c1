"""Optimistic concurrency over HTTP: the body's expected version is a 409, a header's a 412."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent

from .routes import EVENT, PREFIX

STREAM = "Account-1"
URL = f"{PREFIX}streams/{STREAM}/events/"


@pytest.fixture(autouse=True)
def stream(db: None) -> None:
    EventStore().append(STREAM, [NewEvent("Noted", {}) for _ in range(3)])


def _append(client: Client, headers: dict[str, str], url: str = URL, **body: Any) -> Any:
    return client.post(url, {"events": [EVENT], **body}, content_type="application/json", headers=headers)


def _new(name: str = "Account-2") -> str:
    return f"{PREFIX}streams/{name}/events/"


@pytest.mark.parametrize("value", ['"3"', "*", '"1", "3"', 'W/"3","3"', ' "3" '])
def test_a_header_that_matches_lets_the_append_through(writer: Client, value: str) -> None:
    response = _append(writer, {"If-Match": value})
    assert (response.status_code, response["ETag"]) == (201, '"4"')


@pytest.mark.parametrize(
    "value", ['"2"', '"0"', 'W/"3"', '"1","2"', '"three"', '"03"', '""', '"99999999999999999999"', 'W/"3", "2"']
)
def test_a_header_that_does_not_match_is_a_412_that_tells_the_version(writer: Client, value: str) -> None:
    response = _append(writer, {"If-Match": value})
    body = response.json()
    assert (response.status_code, response["Content-Type"]) == (412, "application/problem+json")
    assert (body["stream_id"], body["actual"], body["conflicts"][0]["actual"]) == (STREAM, 3, 3)
    assert EventStore().get_stream_version(STREAM) == 3


def test_none_match_lets_only_the_first_append_through(writer: Client) -> None:
    assert _append(writer, {"If-None-Match": "*"}, _new()).status_code == 201
    response = _append(writer, {"If-None-Match": "*"}, _new())
    assert (response.status_code, response.json()["expected"], response.json()["actual"]) == (412, 0, 1)


def test_match_any_needs_a_stream(writer: Client) -> None:
    assert _append(writer, {"If-Match": "*"}, _new()).status_code == 412
    assert not EventStore().stream_exists("Account-2")


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"If-Match": "3"}, "If-Match"),
        ({"If-Match": '"3'}, "If-Match"),
        ({"If-Match": ""}, "If-Match"),
        ({"If-Match": '"3" "4"'}, "If-Match"),
        ({"If-Match": '*, "3"'}, "If-Match"),
        ({"If-Match": 'w/"3"'}, "If-Match"),
        ({"If-None-Match": '"3"'}, "If-None-Match"),
        ({"If-None-Match": "none"}, "If-None-Match"),
        ({"If-Match": '"3"', "If-None-Match": "*"}, "If-None-Match"),
    ],
)
def test_a_header_that_says_nothing_clear_is_refused(writer: Client, headers: dict[str, str], field: str) -> None:
    response = _append(writer, headers)
    assert (response.status_code, response.json()["field"]) == (400, field)
    assert EventStore().get_stream_version(STREAM) == 3


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({"If-Match": '"3"'}, 2), ({"If-Match": "*"}, 3), ({"If-Match": '"3"'}, "any"), ({"If-None-Match": "*"}, 3)],
)
def test_header_and_body_must_not_contradict(writer: Client, headers: dict[str, str], expected: object) -> None:
    response = _append(writer, headers, expected_version=expected)
    assert (response.status_code, response.json()["field"]) == (400, "expected_version")
    assert EventStore().get_stream_version(STREAM) == 3


@pytest.mark.parametrize(
    ("headers", "url", "expected"),
    [
        ({"If-Match": '"3"'}, URL, 3),
        ({"If-Match": "*"}, URL, "stream_exists"),
        ({"If-None-Match": "*"}, _new(), 0),
        ({"If-None-Match": "*"}, _new(), "no_stream"),
    ],
)
def test_header_and_body_may_say_the_same(writer: Client, headers: dict[str, str], url: str, expected: object) -> None:
    assert _append(writer, headers, url, expected_version=expected).status_code == 201


def test_a_repeat_is_answered_as_the_first_call_was_also_with_a_header(writer: Client) -> None:
    event = {**EVENT, "event_id": str(uuid4())}
    first = _append(writer, {"If-Match": '"3"'}, events=[event])
    again = _append(writer, {"If-Match": '"3"'}, events=[event])
    assert (first.status_code, again.status_code, again["ETag"]) == (201, 200, '"4"')
    assert (again.json()["replayed"], again.json()["events"]) == (True, first.json()["events"])


@pytest.mark.parametrize("body", [{}, {"expected_version": None}])
def test_a_project_may_demand_a_precondition(writer: Client, settings: Any, body: dict[str, Any]) -> None:
    settings.EVENTSTORE = {"API_REQUIRE_PRECONDITION": True}
    operation = {"stream_id": STREAM, "events": [EVENT], **body}
    batch = writer.post(f"{PREFIX}batch/", {"operations": [operation]}, content_type="application/json")
    assert (_append(writer, {}, **body).status_code, batch.status_code) == (428, 428)
    assert batch.json()["field"] == "operations[0].expected_version"
    assert EventStore().get_stream_version(STREAM) == 3


@pytest.mark.parametrize(
    ("headers", "body"), [({"If-Match": '"3"'}, {}), ({}, {"expected_version": 3}), ({}, {"expected_version": "any"})]
)
def test_whatever_is_said_is_a_precondition(
    writer: Client, settings: Any, headers: dict[str, str], body: dict[str, Any]
) -> None:
    settings.EVENTSTORE = {"API_REQUIRE_PRECONDITION": True}
    assert _append(writer, headers, **body).status_code == 201


@pytest.mark.parametrize("address", ["streams/Account-1/", "streams/Account-1/events/", "streams/?stream_id=Account-1"])
@pytest.mark.parametrize("value", ['"3"', 'W/"3"', '"1", "3"', "*"])
def test_who_has_the_version_gets_304(reader: Client, address: str, value: str) -> None:
    response = reader.get(PREFIX + address, headers={"If-None-Match": value})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", '"3"')


@pytest.mark.parametrize("address", ["streams/Account-1/", "streams/Account-1/events/", "streams/?stream_id=Account-1"])
def test_who_has_another_version_gets_the_stream(reader: Client, address: str) -> None:
    response = reader.get(PREFIX + address, headers={"If-None-Match": '"2"'})
    assert (response.status_code, response["ETag"]) == (200, '"3"')
