from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import Event

from .pages import ADMIN, listed, write


def _goes_to(client: Client, search: str) -> str:
    response = client.get(f"{ADMIN}/event/", {"q": search})
    return str(response.headers.get("Location", "")).removeprefix(ADMIN)


@pytest.mark.parametrize("prefix", ["", "position:", " position: "])
def test_a_position_leads_to_its_event(admin_client: Client, prefix: str) -> None:
    position = write("Account-1", "Noted")[0]
    assert _goes_to(admin_client, f"{prefix}{position}") == f"/event/{position}/change/"


@pytest.mark.parametrize("form", ["{}", "event:{}", "  {}  ", "{{{}}}", "urn:uuid:{}"])
def test_an_event_id_leads_to_its_event(admin_client: Client, form: str) -> None:
    position = write("Account-1", "Noted")[0]
    event_id = Event.objects.get(pk=position).event_id
    assert _goes_to(admin_client, form.format(event_id)) == f"/event/{position}/change/"
    assert _goes_to(admin_client, form.format(event_id.hex.upper())) == f"/event/{position}/change/"


def test_an_event_id_of_several_streams_lists_them(admin_client: Client) -> None:
    event = NewEvent("Noted", {})
    positions = [EventStore().append(stream, [event]).events[0].position for stream in ("Account-1", "Account-2")]
    write("Account-3", "Noted")
    assert listed(admin_client, "event", q=str(event.event_id)) == positions[::-1]


@pytest.mark.parametrize("search", ["Account-1", "stream:Account-1", "stream: Account-1 "])
def test_a_stream_leads_to_its_page(admin_client: Client, search: str) -> None:
    write("Account-1", "Noted")
    assert _goes_to(admin_client, search) == "/stream/Account-1/change/"


def test_a_stream_whose_name_looks_like_a_prefix_is_found(admin_client: Client) -> None:
    write("category:7", "Noted")
    assert _goes_to(admin_client, "category:7") == "/stream/category_3A7/change/"


def test_what_stands_for_a_position_and_a_stream_is_told_apart_by_the_prefix(admin_client: Client) -> None:
    position = write("Account-1", "Noted")[0]
    write(str(position), "Noted")
    assert _goes_to(admin_client, str(position)) == f"/event/{position}/change/"
    assert _goes_to(admin_client, f"stream:{position}") == f"/stream/{position}/change/"


@pytest.mark.parametrize("search", ["seven", "aggregate:seven"])
def test_an_aggregate_id_lists_its_events_in_all_streams(admin_client: Client, search: str) -> None:
    positions = [*write("Account-seven", "Noted"), *write("t/Order/seven", "Noted")]
    write("Account-8", "Noted")
    assert listed(admin_client, "event", q=search) == positions[::-1]


@pytest.mark.parametrize("search", ["req-1", "correlation:req-1"])
def test_a_correlation_lists_its_events(admin_client: Client, search: str) -> None:
    positions = [*write("Account-1", "Noted", correlation_id="req-1"), *write("b", "Noted", correlation_id="req-1")]
    write("Account-8", "Noted", correlation_id="req-10")
    assert listed(admin_client, "event", q=search) == positions[::-1]


def test_a_correlation_that_is_a_uuid_is_found_without_a_prefix(admin_client: Client) -> None:
    correlation = str(uuid4())
    assert listed(admin_client, "event", q=correlation) == []
    positions = write("Account-1", "Noted", correlation_id=correlation)
    assert listed(admin_client, "event", q=correlation) == positions


@pytest.mark.parametrize("search", ["type:Opened", "category:Order", "tenant:acme"])
def test_types_categories_and_tenants_are_found_by_prefix(admin_client: Client, search: str) -> None:
    positions = write("acme/Order/1", "Opened")
    write("Account-1", "Noted")
    assert listed(admin_client, "event", q=search) == positions


@pytest.mark.parametrize(
    "search", ["nothing", "stream:nothing", "position:x", "event:1", "7" * 400, "\ud7ff", "%", "'"]
)
def test_what_is_not_there_is_said_to_be_not_there(admin_client: Client, search: str) -> None:
    write("Account-1", "Noted")
    response = admin_client.get(f"{ADMIN}/event/", {"q": search})
    assert response.status_code == 200
    assert "Nothing has this position" in response.content.decode()
    assert list(response.context["cl"].result_list) == []


def test_a_nul_in_a_search_is_no_error(admin_client: Client) -> None:
    write("Account-1", "Noted")
    for model in ("event", "stream", "snapshot", "erasedevent"):
        assert admin_client.get(f"{ADMIN}/{model}/", {"q": "a\0b"}).status_code == 200


def test_streams_are_found_by_how_they_begin(admin_client: Client) -> None:
    for name in ("Account-1", "Account-10", "Account-2", "account-1", "acme/Order/1", "Accoun\U0001f600"):
        write(name, "Noted")
    assert listed(admin_client, "stream", q="Account-") == ["Account-1", "Account-10", "Account-2"]
    assert listed(admin_client, "stream", q="Accoun") == ["Account-1", "Account-10", "Account-2", "Accoun\U0001f600"]
    assert admin_client.get(f"{ADMIN}/stream/", {"q": "Account-1"}).headers["Location"].endswith("/Account-1/change/")
