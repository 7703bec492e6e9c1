"""A request sees and changes what belongs to the partitions that the project's hook names, on every route."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import Event, ParkedEvent, Snapshot, Subscription
from eventstore_django.testing.subscriptions import run_subscriptions_to_head

from .conftest import Login
from .routes import EVENT, PREFIX, READABLE, Route
from .tenants import asked

OWN, OTHER = "tenant-1/Account/1", "tenant-10/Secret/hidden"
# Not of tenant-1: names that only begin as one of its streams would.
ALIKE = ["tenant-1/Secret", "tenant-1/Secret/a/b", "tenant-1//Secret", "tenant-1", "Secret-1", OTHER]


@pytest.fixture
def tenants(db: None, settings: Any, handled: list[str]) -> None:
    for name in (OWN, *ALIKE):
        kind = "Opened" if name == OWN else "SecretHappened"
        EventStore().append(name, [NewEvent(kind, {"name": name}), NewEvent("Broken", {"name": name})])
        aggregate = "1" if name == OWN else "hidden"
        Snapshot._default_manager.create(
            stream_id=name, aggregate_id=aggregate, aggregate_type="Account", version=1, data={"name": name}
        )
    run_subscriptions_to_head("totals", raises=False)
    settings.EVENTSTORE = {"API_SCOPE": "tests.api.tenants.first"}


@pytest.fixture
def client(login: Login) -> Client:
    return login("view_event", "add_event", "change_subscription")


def _get(client: Client, address: str) -> Any:
    return client.get(PREFIX + address).json()


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize("route", READABLE, ids=lambda route: route.address)
def test_no_route_tells_of_another_tenant(client: Client, route: Route) -> None:
    text = client.get(route.url).content.decode()
    assert "ecret" not in text
    assert "tenant-10" not in text


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("events/", "stream_id"),
        ("streams/", "stream_id"),
        ("snapshots/", "stream_id"),
        ("parked-events/", "stream_id"),
    ],
)
def test_lists_hold_what_is_the_tenants_own(client: Client, address: str, field: str) -> None:
    assert {row[field] for row in _get(client, address)["results"]} == {OWN}


@pytest.mark.usefixtures("tenants")
def test_categories_and_types_are_those_of_the_tenant(client: Client) -> None:
    assert _get(client, "categories/")["results"] == [{"category": "Account"}]
    assert _get(client, "event-types/")["results"] == [{"event_type": "Broken"}, {"event_type": "Opened"}]


@pytest.mark.usefixtures("tenants")
def test_statistics_are_those_of_the_tenant(client: Client) -> None:
    own = [event.position for event in EventStore().get_events(OWN)]
    stats = _get(client, "stats/")
    assert [stats["first_event"]["position"], stats["last_event"]["position"]] == own
    assert stats["statistics"] is None


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize("name", ALIKE)
def test_filters_do_not_lead_out_of_the_tenant(client: Client, name: str) -> None:
    assert _get(client, f"events/?stream_id={quote(name)}")["results"] == []
    assert _get(client, f"streams/?stream_id={quote(name)}")["results"] == []
    assert _get(client, f"snapshots/?stream_id={quote(name)}")["results"] == []
    assert _get(client, f"parked-events/?stream_id={quote(name)}")["results"] == []


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize("query", ["partition=tenant-10", "event_type=SecretHappened", "aggregate_id=hidden"])
def test_no_filter_finds_what_is_anothers(client: Client, query: str) -> None:
    assert _get(client, f"events/?{query}")["results"] == []


@pytest.mark.usefixtures("tenants")
def test_everything_is_everything_of_the_tenant(client: Client) -> None:
    assert {event["stream_id"] for event in _get(client, "events/?stream_id=$all")["results"]} == {OWN}
    response: Any = client.get(f"{PREFIX}events/?format=jsonl")
    lines = b"".join(response.streaming_content)
    assert (lines.count(b"\n"), b"ecret" in lines) == (2, False)


@pytest.mark.usefixtures("tenants")
def test_one_event_of_another_tenant_is_not_there(client: Client) -> None:
    event = EventStore().get_events(OTHER)[0]
    for key in (event.position, event.event_id):
        assert client.get(f"{PREFIX}events/{key}/").status_code == 404


@pytest.mark.usefixtures("tenants")
def test_an_id_that_another_tenant_has_too_is_no_conflict(client: Client) -> None:
    event = NewEvent("Opened", {})
    for name in ("tenant-1/Account/2", "tenant-10/Account/2"):
        EventStore().append(name, [event])
    assert _get(client, f"events/{event.event_id}/")["stream_id"] == "tenant-1/Account/2"


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize("suffix", ["", "events/"])
def test_a_stream_of_another_tenant_is_not_there(client: Client, suffix: str) -> None:
    assert client.get(f"{PREFIX}streams/{OTHER}/{suffix}").status_code == 404


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize("name", ["tenant-10/Account/9", "Account-9", "tenant-1", "tenant-1/Account/1/2"])
def test_nothing_is_appended_for_another_tenant(client: Client, name: str) -> None:
    before = Event.objects.count()
    append = client.post(f"{PREFIX}streams/{name}/events/", {"events": [EVENT]}, content_type="application/json")
    operations = [{"stream_id": OWN, "events": [EVENT]}, {"stream_id": name, "events": [EVENT]}]
    batch = client.post(f"{PREFIX}batch/", {"operations": operations}, content_type="application/json")
    assert (append.status_code, append.json()["field"]) == (403, "stream_id")
    assert (batch.status_code, batch.json()["field"]) == (403, "operations[1].stream_id")
    assert Event.objects.count() == before


@pytest.mark.usefixtures("tenants")
def test_a_batch_does_not_tell_versions_of_another_tenant(client: Client) -> None:
    operations = [{"stream_id": OTHER, "expected_version": 99}]
    response = client.post(f"{PREFIX}batch/", {"operations": operations}, content_type="application/json")
    assert (response.status_code, "actual" in response.json()) == (403, False)


@pytest.mark.usefixtures("tenants")
def test_the_tenant_appends_to_its_own_streams(client: Client) -> None:
    url = f"{PREFIX}streams/tenant-1/Account/new/events/"
    assert client.post(url, {"events": [EVENT]}, content_type="application/json").status_code == 201


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize("operation", ["pause", "resume", "reset"])
def test_a_tenant_does_not_operate_what_handles_everybodys_events(client: Client, operation: str) -> None:
    response = client.post(f"{PREFIX}subscriptions/totals/{operation}/", content_type="application/json")
    assert response.status_code == 403
    assert Subscription.objects.get(pk="totals").status == Subscription.Status.RUNNING


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize("operation", ["retry", "discard"])
def test_a_tenant_operates_its_own_parked_events_only(client: Client, operation: str) -> None:
    for stream_id, code in ((OTHER, 404), (OWN, 200)):
        row = ParkedEvent.objects.get(stream_id=stream_id)
        body = {"reason": "known"} if operation == "discard" else {}
        url = f"{PREFIX}parked-events/{row.pk}/{operation}/"
        response = client.post(url, body, content_type="application/json")
        assert response.status_code == code
        row.refresh_from_db()
        assert (row.status == "parked") == (code == 404)


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize(
    ("scope", "streams"),
    [
        ("none", set()),
        ("two", {OWN, OTHER}),
        ("first_and_without", {OWN, *ALIKE} - {OTHER}),
        ("everything", {OWN, *ALIKE}),
    ],
)
@pytest.mark.parametrize("address", ["events/", "streams/", "snapshots/", "parked-events/"])
def test_a_scope_may_be_several_tenants_or_streams_without_one(
    client: Client, settings: Any, scope: str, streams: set[str], address: str
) -> None:
    settings.EVENTSTORE = {"API_SCOPE": f"tests.api.tenants.{scope}"}
    assert {row["stream_id"] for row in _get(client, address)["results"]} == streams


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize(
    ("scope", "types"),
    [
        ("none", []),
        ("two", ["Broken", "Opened", "SecretHappened"]),
        ("first_and_without", ["Broken", "Opened", "SecretHappened"]),
    ],
)
def test_types_of_several_tenants_are_told_once(client: Client, settings: Any, scope: str, types: list[str]) -> None:
    settings.EVENTSTORE = {"API_SCOPE": f"tests.api.tenants.{scope}"}
    assert [row["event_type"] for row in _get(client, "event-types/")["results"]] == types
    first = _get(client, "event-types/?limit=1")
    assert [row["event_type"] for row in first["results"]] == types[:1]


@pytest.mark.usefixtures("tenants")
def test_a_text_in_place_of_a_collection_opens_nothing(client: Client, settings: Any) -> None:
    settings.EVENTSTORE = {"API_SCOPE": "tests.api.tenants.mistaken"}
    with pytest.raises(ImproperlyConfigured):
        client.get(f"{PREFIX}events/")


def test_the_hook_is_asked_once_for_a_request(client: Client, settings: Any, handled: list[str]) -> None:
    settings.EVENTSTORE = {"API_SCOPE": "tests.api.tenants.counted"}
    run_subscriptions_to_head("totals")
    asked.clear()
    client.get(f"{PREFIX}subscriptions/")
    client.get(f"{PREFIX}stats/")
    assert asked == [f"{PREFIX}subscriptions/", f"{PREFIX}stats/"]


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize(("scope", "told"), [("first", ""), ("everything", "the Secret")])
def test_the_last_error_of_a_subscription_may_be_another_tenants(
    client: Client, settings: Any, scope: str, told: str
) -> None:
    Subscription.objects.filter(pk="totals").update(last_error="the Secret", last_error_at=timezone.now())
    settings.EVENTSTORE = {"API_SCOPE": f"tests.api.tenants.{scope}"}
    body = _get(client, "subscriptions/totals/")
    assert (body["last_error"], body["last_error_at"] is None) == (told, not told)
