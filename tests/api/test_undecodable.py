"""Events that another client has written, of which Python can't read a part."""

from __future__ import annotations

import json

import pytest
from django.db.models.expressions import RawSQL
from django.test import Client

from eventstore_django import AggregateSnapshot, EventStore
from eventstore_django.models import Stream
from eventstore_django.testing.contract.undecodable import INFINITE, LONG, write_between, write_undecodable
from eventstore_django.testing.contract.undecodablesnapshots import write_undecodable_snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=["payload", "metadata"])
def part(request: pytest.FixtureRequest, store: EventStore) -> str:
    """Put one between two others, and return which part of it can't be read."""
    part: str = request.param
    write_between(store, part=part, event_version=2)
    Stream.objects.filter(pk="A-1").update(version=2)
    return part


def test_a_page_shows_it_without_the_part_and_says_why(reader: Client, part: str) -> None:
    first, bad, last = reader.get("/eventstore/events/").json()["results"]
    assert (first["payload"], last["payload"]) == ({"number": 1}, {"number": 2})
    assert "undecodable" not in first
    assert (bad["event_version"], bad[part]) == (2, None)
    assert list(bad["undecodable"]) == [part]
    assert "digits" in bad["undecodable"][part]


@pytest.mark.parametrize("path", ["streams/A-1/events/", "events/?stream_id=A-1", "events/?category=A"])
def test_it_is_shown_in_every_list(reader: Client, part: str, path: str) -> None:
    found = reader.get(f"/eventstore/{path}").json()["results"]
    assert [event["event_version"] for event in found] == [1, 2]


def test_it_is_found_by_its_position(reader: Client, part: str) -> None:
    position = reader.get("/eventstore/events/").json()["results"][1]["position"]
    assert reader.get(f"/eventstore/events/{position}/").json()[part] is None


def test_it_breaks_no_export_off(reader: Client, part: str) -> None:
    content = b"".join(reader.get("/eventstore/events/?format=jsonl"))
    assert [json.loads(line)[part] is None for line in content.splitlines()] == [False, True, False]


@pytest.mark.parametrize("name", ["occurred_at", "created_at"])
def test_a_time_that_python_has_not_is_null_too(reader: Client, store: EventStore, name: str) -> None:
    write_undecodable("default", store.get_events("B-1")[0], "infinity", name, event_version=2)
    Stream.objects.filter(pk="B-1").update(version=2)
    for path in ("streams/B-1/events/", "events/?category=B"):
        first, bad = reader.get(f"/eventstore/{path}").json()["results"]
        assert (bad["payload"], bad[name], "undecodable" in first) == ({"number": 2}, None, False)
        assert bad["undecodable"] == {name: "can't be decoded: Invalid isoformat string: 'infinity'"}


@pytest.mark.parametrize(("text", "reason"), [(LONG, "can't be decoded"), (INFINITE, "can't be written as JSON")])
def test_a_snapshot_is_shown_among_the_others_without_its_data(
    reader: Client, store: EventStore, text: str, reason: str
) -> None:
    for version in (1, 3):
        store.save_snapshot(AggregateSnapshot("1", "Sum", version, {"at": version}))
    write_undecodable_snapshot("default", 2, text=text)
    found = reader.get("/eventstore/snapshots/").json()["results"]
    assert [(snapshot["version"], snapshot["data"]) for snapshot in found] == [
        (1, {"at": 1}),
        (2, None),
        (3, {"at": 3}),
    ]
    assert ["undecodable" in snapshot for snapshot in found] == [False, True, False]
    assert found[1]["undecodable"]["data"].startswith(reason)


def test_a_stream_with_such_a_time_is_shown_among_the_others(reader: Client) -> None:
    Stream.objects.filter(pk="A-1").update(created_at=RawSQL("'infinity'", ()))  # no input
    bad, good = reader.get("/eventstore/streams/").json()["results"]
    assert (bad["created_at"], list(bad["undecodable"]), good["created_at"] is None) == (None, ["created_at"], False)
    assert reader.get("/eventstore/streams/A-1/").json() == bad


@pytest.mark.parametrize("name", ["occurred_at", "created_at"])
def test_statistics_are_told_beside_such_an_event(reader: Client, store: EventStore, name: str) -> None:
    write_undecodable("default", store.get_events("B-1")[0], "infinity", name, event_version=2)
    found = reader.get("/eventstore/stats/").json()
    assert (found["last_event"]["created_at"] is None) == (name == "created_at")
