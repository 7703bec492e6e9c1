"""What is sent is stored as it was sent, or refused by its path; nothing ends in a server error or half done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from eventstore_django import EventStore
from eventstore_django.models import Event

from .routes import EVENT, PREFIX, READABLE, WRITABLE, Route

URL = f"{PREFIX}streams/Account-1/events/"
BAD_NUMBERS = ["0", "-1", "1000000000", "1.0", "1e2", "０", "", "ten", " 1", "+1", "9" * 40]


def _payload(text: str) -> str:
    return f'{{"events": [{{"event_type": "Noted", "payload": {text}}}]}}'


def _send(client: Client, text: str | bytes, content_type: str = "application/json", **extra: Any) -> Any:
    return client.post(URL, text, content_type=content_type, **extra)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"a": NaN}', "events[0].payload.a"),
        ('{"a": [1, Infinity]}', "events[0].payload.a[1]"),
        ('{"a": -Infinity}', "events[0].payload.a"),
        ('{"a": 1, "a": 2}', "events[0].payload"),
        ('{"a": {"b": [{"c": 1, "c": 1}]}}', "events[0].payload.a.b[0]"),
        ('{"a": 0.1000000000000000055511151231257827}', "events[0].payload.a"),
        ('{"a": 1e400}', "events[0].payload.a"),
        ('{"a": 1e16}', "events[0].payload.a"),
        ('{"a": -0.0}', "events[0].payload.a"),
        (f'{{"a": {"1" * 5000}}}', "events[0].payload.a"),
        ('{"a": "\\u0000"}', "events[0].payload.a"),
        ('{"a\\u0000": 1}', "events[0].payload"),
        ('{"a": "\\ud800"}', "events[0].payload.a"),
        ("[" * 70 + "]" * 70, "events[0].payload"),
        ('{"a":' * 70 + "1" + "}" * 70, "events[0].payload" + ".a" * 64),
        ("null", "events[0].payload"),
        ('"text"', "events[0].payload"),
    ],
)
def test_a_value_that_would_not_come_back_is_refused_by_its_path(writer: Client, text: str, field: str) -> None:
    response = _send(writer, _payload(text))
    assert (response.status_code, response.json()["field"]) == (400, field)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", "nothing", "[" * 100_000, '{"a":' * 100_000, b"\xff\xfe", '{"events": [],}', "{} {}", "\ufeff{}"],
)
def test_what_is_no_json_is_refused(writer: Client, text: str | bytes) -> None:
    response = _send(writer, text)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("value", [2**53 + 1, 10**400, -(2**63), 0.1, "größe", [[]], {"": {}}, None, True])
def test_what_json_can_hold_comes_back_as_it_was(writer: Client, value: Any) -> None:
    response = _send(writer, _payload(json.dumps({"value": value})))
    assert response.status_code == 201
    stored = EventStore().get_events("Account-1")[0].payload["value"]
    assert json.dumps(stored) == json.dumps(value)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/problem+json",
    ],
)
def test_another_kind_of_content_is_refused(writer: Client, content_type: str) -> None:
    response = _send(writer, _payload("{}"), content_type)
    assert (response.status_code, response["Content-Type"]) == (415, "application/problem+json")


def test_a_charset_that_is_utf_8_is_taken(writer: Client) -> None:
    assert _send(writer, _payload("{}"), "application/json; charset=UTF-8").status_code == 201


@pytest.mark.parametrize("route", WRITABLE, ids=lambda route: route.address)
@pytest.mark.parametrize("text", ["null", "[]", "7", '"text"', '{"unknown": 1}', '{"a": 1, "a": 1}'])
def test_every_body_is_read_strictly(login: Any, route: Route, text: str) -> None:
    client = login("view_event", "add_event", "change_subscription")
    assert client.post(route.url, text, content_type="application/json").status_code in (400, 404)
    assert not Event.objects.exists()


@pytest.mark.parametrize("limit", [100, None])
def test_a_body_may_be_as_large_as_the_project_says(login: Any, settings: Any, limit: int | None) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = limit
    client = APIClient()
    client.force_authenticate(_user())
    response = client.post(URL, {"events": [{**EVENT, "payload": {"a": "x" * 200}}]}, format="json")
    assert response.status_code == (413 if limit else 201)
    assert Event.objects.count() == (0 if limit else 1)


def _user() -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model()._default_manager.create_superuser("root")


def test_an_event_over_its_limit_is_refused_by_its_place(writer: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
    response = _send(writer, _payload(json.dumps({"a": "x" * 2**20})))
    assert (response.status_code, response.json()["field"]) == (400, "events[0].payload")


def test_more_events_than_one_call_takes_are_refused(writer: Client) -> None:
    response = writer.post(URL, {"events": [EVENT] * 1001}, content_type="application/json")
    assert response.status_code == 400
    assert not Event.objects.exists()


@pytest.mark.parametrize("route", READABLE, ids=lambda route: route.address)
def test_an_unknown_parameter_is_refused_everywhere(reader: Client, route: Route) -> None:
    response = reader.get(route.url, {"categroy": "Account"})
    assert (response.status_code, response.json()["field"]) == (400, "categroy")


@pytest.mark.parametrize("value", BAD_NUMBERS)
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("events/", "limit"),
        ("streams/", "limit"),
        ("streams/Account-1/events/", "limit"),
        ("snapshots/", "limit"),
        ("categories/", "limit"),
        ("event-types/", "limit"),
        ("parked-events/", "limit"),
    ],
)
def test_a_bad_limit_is_refused_everywhere(reader: Client, address: str, name: str, value: str) -> None:
    response = reader.get(PREFIX + address, {name: value})
    assert (response.status_code, response.json()["field"]) == (400, name)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("after=-1", "after"),
        ("after=9223372036854775808", "after"),
        ("after=abc", "after"),
        ("direction=up", "direction"),
        ("direction=", "direction"),
        ("occurred_after=yesterday", "occurred_after"),
        ("occurred_after=2024-01-01", "occurred_after"),
        ("occurred_after=2024-01-01T00:00:00", "occurred_after"),
        ("occurred_before=2024-13-01T00:00:00Z", "occurred_before"),
        ("occurred_before=0001-01-01T00:00:00%2B14:00", "occurred_before"),
        ("event_type=%00", "event_type"),
        ("correlation_id=a%00", "correlation_id"),
        ("stream_id=", "stream_id"),
    ],
)
def test_a_bad_parameter_of_the_log_is_refused(reader: Client, query: str, field: str) -> None:
    response = reader.get(f"{PREFIX}events/?{query}")
    assert (response.status_code, response.json()["field"]) == (400, field)


@pytest.mark.parametrize("query", ["from_version=0", "to_version=0", "from_version=a", "to_version=-1"])
def test_a_bad_version_is_refused(reader: Client, query: str) -> None:
    response = reader.get(f"{URL}?{query}")
    assert (response.status_code, response.json()["field"]) == (400, query.split("=")[0])


@pytest.mark.parametrize(("accept", "code"), [("text/html", 406), ("image/*", 406), ("*/*", 200)])
def test_what_is_accepted_is_json(reader: Client, accept: str, code: int) -> None:
    response = reader.get(f"{PREFIX}events/", headers={"Accept": accept})
    assert response.status_code == code
    assert response["Content-Type"] == ("application/json" if code == 200 else "application/problem+json")


@pytest.mark.parametrize(("address", "code"), [("events/?format=jsonl", 200), ("events/?format=xml", 406)])
def test_a_format_may_be_asked_for(reader: Client, address: str, code: int) -> None:
    assert reader.get(PREFIX + address).status_code == code
