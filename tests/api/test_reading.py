from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent

EVENTS = "/eventstore/events/"


def _fill(count: int = 5, stream_id: str = "Account-1", event_type: str = "Noted") -> list[int]:
    result = EventStore().append(stream_id, [NewEvent(event_type, {"number": n}) for n in range(count)])
    return [event.position for event in result.events]


def test_following_next_gives_every_event_once_in_order(reader: Client) -> None:
    positions = _fill(7)
    seen, url = [], f"{EVENTS}?limit=3&after={positions[0] - 1}"
    while results := (page := reader.get(url).json())["results"]:
        seen += [event["position"] for event in results]
        url = page["next"]
    assert seen == positions


def test_an_empty_page_leads_to_where_new_events_will_be(reader: Client) -> None:
    last = _fill(2)[-1]
    page = reader.get(f"{EVENTS}?after={last}").json()
    assert page["results"] == []
    new = _fill(1)
    assert [event["position"] for event in reader.get(page["next"]).json()["results"]] == new


@pytest.mark.parametrize(
    ("query", "streams"),
    [
        ("stream_id=tenant-1/Account/1", ["tenant-1/Account/1"]),
        ("category=Account", ["Account-1", "tenant-1/Account/1", "tenant-10/Account/1"]),
        ("partition=tenant-1", ["tenant-1/Account/1"]),
        ("event_type=Shipped", ["orders:1"]),
        ("category=Account&event_type=Shipped", []),
    ],
)
def test_filters_select(reader: Client, query: str, streams: list[str]) -> None:
    start = _fill(1)[0] - 1
    for stream_id in ("tenant-1/Account/1", "tenant-10/Account/1"):
        _fill(1, stream_id)
    _fill(1, "orders:1", "Shipped")
    results = reader.get(f"{EVENTS}?after={start}&{query}").json()["results"]
    assert [event["stream_id"] for event in results] == streams


def test_a_page_is_two_queries_however_long_it_is(
    reader: Client, django_assert_num_queries: object, settings: object
) -> None:
    _fill(50)
    reader.get(EVENTS)
    with django_assert_num_queries(6) as captured:  # type: ignore[operator]  # session, user, permissions (2), these two
        reader.get(f"{EVENTS}?limit=50")
    statements = [query["sql"] for query in captured.captured_queries]
    assert sum("eventstore_events" in sql or "eventstore_watermark" in sql for sql in statements) == 2
    assert not any("COUNT(" in sql or "OFFSET" in sql for sql in statements)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=1000000000", "limit"),
        ("limit=ten", "limit"),
        ("after=-1", "after"),
        ("after=99999999999999999999", "after"),
        ("after=1&after=2", "after"),
        ("category=%00", "category"),
        ("categroy=Account", "categroy"),
    ],
)
def test_a_bad_parameter_is_named(reader: Client, query: str, field: str) -> None:
    response = reader.get(f"{EVENTS}?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["field"] == field


def test_one_event_is_found_by_position_and_by_id(reader: Client) -> None:
    event = EventStore().append("Account-1", [NewEvent("Noted", {})]).events[0]
    by_position = reader.get(f"{EVENTS}{event.position}/").json()
    assert by_position == reader.get(f"{EVENTS}{event.event_id}/").json()
    assert by_position["event_id"] == str(event.event_id)


def test_an_id_that_stands_in_several_streams_names_their_positions(reader: Client) -> None:
    event = NewEvent("Noted", {})
    positions = [EventStore().append(name, [event]).events[0].position for name in ("a", "b")]
    response = reader.get(f"{EVENTS}{event.event_id}/")
    assert (response.status_code, sorted(response.json()["positions"])) == (409, positions)


@pytest.mark.parametrize("key", ["999999999999", str(uuid4()), "9" * 30])
def test_an_unknown_event_is_not_found(reader: Client, key: str) -> None:
    assert reader.get(f"{EVENTS}{key}/").status_code == 404


@pytest.mark.parametrize("stream_id", ["Account-1", "tenant-1/Account/1", "a.b", "größe %41", "a:b/c"])
def test_a_stream_is_read_with_its_version_as_etag(reader: Client, stream_id: str) -> None:
    _fill(3, stream_id)
    response = reader.get(f"/eventstore/streams/{stream_id.replace('%', '%25')}/events/?from_version=2")
    assert [event["event_version"] for event in response.json()["results"]] == [2, 3]
    assert response["ETag"] == '"3"'


def test_a_stream_without_events_is_not_found(reader: Client) -> None:
    assert reader.get("/eventstore/streams/nothing/events/").status_code == 404
