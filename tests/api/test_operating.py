"""Operating subscriptions over HTTP: the same operations as on the command line."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import Event, ParkedEvent, Subscription
from eventstore_django.testing.subscriptions import run_subscriptions_to_head

from .routes import PREFIX

URL = f"{PREFIX}subscriptions/totals/"


@pytest.fixture(autouse=True)
def parked(db: None, handled: list[str]) -> ParkedEvent:
    """A stream whose second event is parked, with one that waits behind it; another that is handled."""
    store = EventStore()
    store.append("Account-1", [NewEvent("Noted", {}), NewEvent("Broken", {}), NewEvent("Noted", {})])
    store.append("Account-2", [NewEvent("Noted", {})])
    _run()
    return ParkedEvent.objects.get(status="parked")


def _run() -> None:
    run_subscriptions_to_head("totals", raises=False)


def _post(client: Client, url: str, body: Any = None) -> Any:
    return client.post(url, {} if body is None else body, content_type="application/json")


@pytest.mark.parametrize("content_type", [MULTIPART_CONTENT, "application/x-www-form-urlencoded", ""])
def test_an_operation_that_needs_no_body_takes_what_clients_send_for_none(operator: Client, content_type: str) -> None:
    nothing: Any = {} if content_type == MULTIPART_CONTENT else b""
    for address in ("pause/", "resume/", "reset/"):
        assert operator.post(URL + address, nothing, content_type=content_type).status_code == 200
    _run()
    again = ParkedEvent.objects.get(status="parked")
    assert (
        operator.post(f"{PREFIX}parked-events/{again.pk}/retry/", nothing, content_type=content_type).status_code == 200
    )


@pytest.mark.parametrize("body", [{"position": "2"}, {"file": BytesIO(b"a")}])
def test_a_form_with_fields_is_no_body(operator: Client, body: dict[str, Any]) -> None:
    before = ParkedEvent.objects.count()
    assert operator.post(f"{URL}reset/", body).status_code == 415
    broken = operator.post(f"{URL}reset/", b"x", content_type="multipart/form-data; boundary=")
    assert broken.status_code == 415
    assert ParkedEvent.objects.count() == before


def test_subscriptions_tell_how_they_are_doing(reader: Client) -> None:
    body = reader.get(URL).json()
    assert reader.get(f"{PREFIX}subscriptions/").json() == {"results": [body]}
    assert (body["name"], body["status"], body["lag"]) == ("totals", "running", 0)
    assert (body["parked"], body["held"], len(body["shards"])) == (1, 1, 1)


def test_statistics_tell_of_their_lag(reader: Client) -> None:
    EventStore().append("Account-2", [NewEvent("Noted", {})])
    stats = reader.get(f"{PREFIX}stats/").json()
    assert stats["head_position"] == stats["last_event"]["position"]
    assert [(found["name"], found["lag"]) for found in stats["subscriptions"]] == [("totals", 1)]


def test_statistics_tell_what_eventstore_stats_tells(reader: Client) -> None:
    found = reader.get(f"{PREFIX}stats/").json()["statistics"]
    assert found["events"] == {"number": Event.objects.count(), "precision": "exact"}
    assert found["watermark"]["holders"] == []
    assert [told["name"] for told in found["subscriptions"]] == ["totals"]


def test_an_unknown_subscription_is_not_found(operator: Client) -> None:
    for name in ("nothing", "a/b", "%00"):
        url = f"{PREFIX}subscriptions/{name}/"
        assert operator.get(url).status_code == 404
        assert _post(operator, f"{url}pause/").status_code == 404
        assert _post(operator, f"{url}reset/", {"position": 10**9}).status_code == 404


def test_a_subscription_is_paused_and_resumed(operator: Client) -> None:
    assert _post(operator, f"{URL}pause/").json()["status"] == "paused"
    assert Subscription.objects.get().status == "paused"
    assert operator.post(f"{URL}resume/", content_type="application/json").json()["status"] == "running"


def test_a_reset_begins_behind_the_position(operator: Client, handled: list[str]) -> None:
    last = EventStore().head_position()
    handled.clear()
    assert _post(operator, f"{URL}reset/", {"position": last - 1}).json()["position"] == last - 1
    _run()
    assert handled == ["Account-2"]
    assert operator.post(f"{URL}reset/", content_type="application/json").json()["position"] == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"position": -1}, 400),
        ({"position": "1"}, 400),
        ({"position": True}, 400),
        ({"position": 1.0}, 400),
        ({"position": 2**63}, 400),
        ({"position": None}, 400),
        ({"from": 1}, 400),
        ({"position": 10**9}, 409),
    ],
)
def test_a_reset_to_nowhere_is_refused(operator: Client, body: Any, code: int) -> None:
    before = operator.get(URL).json()
    assert _post(operator, f"{URL}reset/", body).status_code == code
    assert operator.get(URL).json()["position"] == before["position"]


def test_parked_events_are_listed_with_what_waits_behind_them(reader: Client, parked: ParkedEvent) -> None:
    rows = reader.get(f"{PREFIX}parked-events/").json()["results"]
    assert [(row["status"], row["stream_id"]) for row in rows] == [("parked", "Account-1"), ("waiting", "Account-1")]
    assert (rows[0]["id"], rows[0]["position"]) == (parked.pk, parked.position)
    assert "broken is Account-1" in rows[0]["error"]


@pytest.mark.parametrize(
    ("query", "count"),
    [("status=parked", 1), ("stream_id=Account-2", 0), ("subscription=totals", 2), ("subscription=other", 0)],
)
def test_parked_events_are_filtered(reader: Client, query: str, count: int) -> None:
    assert len(reader.get(f"{PREFIX}parked-events/?{query}").json()["results"]) == count


def test_parked_events_come_in_pages(reader: Client) -> None:
    first = reader.get(f"{PREFIX}parked-events/?limit=1").json()
    second = reader.get(first["next"]).json()
    assert [row["status"] for page in (first, second) for row in page["results"]] == ["parked", "waiting"]
    assert reader.get(second["next"]).json() == {"next": None, "results": []}


def test_a_status_that_there_is_not_is_refused(reader: Client) -> None:
    response = reader.get(f"{PREFIX}parked-events/?status=lost")
    assert (response.status_code, response.json()["field"]) == (400, "status")


def test_a_parked_event_is_retried(operator: Client, parked: ParkedEvent) -> None:
    response = _post(operator, f"{PREFIX}parked-events/{parked.pk}/retry/")
    assert (response.status_code, response.json()["status"]) == (200, "retrying")
    again = _post(operator, f"{PREFIX}parked-events/{parked.pk}/retry/")
    assert (again.status_code, again.json()["title"]) == (409, "OperationRefused")


def test_a_parked_event_is_given_up_with_reason_and_actor(
    operator: Client, parked: ParkedEvent, handled: list[str]
) -> None:
    handled.clear()
    response = _post(operator, f"{PREFIX}parked-events/{parked.pk}/discard/", {"reason": "sent twice"})
    assert response.status_code == 200
    parked.refresh_from_db()
    assert (parked.status, parked.reason, parked.actor) == ("discarded", "sent twice", "operator")
    _run()
    assert handled == ["Account-1"]


def test_what_is_given_up_is_given_up_once(operator: Client, parked: ParkedEvent) -> None:
    url = f"{PREFIX}parked-events/{parked.pk}/discard/"
    _post(operator, url, {"reason": "first"})
    assert _post(operator, url, {"reason": "second"}).status_code == 409
    parked.refresh_from_db()
    assert parked.reason == "first"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": ""},
        {"reason": "  "},
        {"reason": 1},
        {"reason": "a\0"},
        {"why": "x"},
        {"reason": "x" * 1001},
        {"reason": "\ud800"},
    ],
)
def test_giving_up_needs_a_reason(operator: Client, parked: ParkedEvent, body: Any) -> None:
    assert _post(operator, f"{PREFIX}parked-events/{parked.pk}/discard/", body).status_code == 400
    parked.refresh_from_db()
    assert parked.status == "parked"


@pytest.mark.parametrize("parked_id", ["0", "999999999", "9" * 30])
def test_a_parked_event_that_there_is_not_is_not_found(operator: Client, parked_id: str) -> None:
    for operation, body in (("retry", {}), ("discard", {"reason": "no"})):
        assert _post(operator, f"{PREFIX}parked-events/{parked_id}/{operation}/", body).status_code == 404
