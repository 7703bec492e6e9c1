"""Events that another client has written and Python reads, but strict JSON can't hold."""

from __future__ import annotations

import json
from ast import literal_eval
from typing import Any

import pytest
from django.test import Client
from rest_framework.renderers import JSONRenderer

from eventstore_django import EventStore
from eventstore_django.api.live.following import rendered
from eventstore_django.api.rendering import StoredBody, written
from eventstore_django.models import Stream
from eventstore_django.testing.contract.undecodable import INFINITE, write_between

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=["payload", "metadata"])
def part(request: pytest.FixtureRequest, store: EventStore) -> str:
    """Put one between two others, and return which part of it holds such a number."""
    part: str = request.param
    write_between(store, INFINITE, part, event_version=2)
    Stream.objects.filter(pk="A-1").update(version=2)
    return part


def test_a_page_shows_it_without_the_part_and_says_why(reader: Client, part: str) -> None:
    first, bad, last = reader.get("/eventstore/events/").json()["results"]
    assert (first["payload"], last["payload"]) == ({"number": 1}, {"number": 2})
    assert "undecodable" not in first
    assert (bad["event_version"], bad[part]) == (2, None)
    assert list(bad["undecodable"]) == [part]
    assert bad["undecodable"][part].startswith("can't be written as JSON: Out of range float values")


@pytest.mark.parametrize("path", ["streams/A-1/events/", "events/?stream_id=A-1", "events/?category=A"])
def test_it_is_shown_in_every_list(reader: Client, part: str, path: str) -> None:
    found = reader.get(f"/eventstore/{path}").json()["results"]
    assert [(event["event_version"], event[part] is None) for event in found] == [(1, False), (2, True)]


def test_it_is_found_by_its_position(reader: Client, part: str) -> None:
    position = reader.get("/eventstore/events/").json()["results"][1]["position"]
    found = reader.get(f"/eventstore/events/{position}/").json()
    assert (found[part], list(found["undecodable"])) == (None, [part])


def test_it_breaks_no_export_off(reader: Client, part: str) -> None:
    content = b"".join(reader.get("/eventstore/events/?format=jsonl"))
    assert [json.loads(line)[part] is None for line in content.splitlines()] == [False, True, False]


def test_a_live_feed_tells_of_it_as_a_page_does(reader: Client, store: EventStore, part: str) -> None:
    shown = reader.get("/eventstore/events/").json()["results"]
    assert [json.loads(rendered(event)) for event in store.get_all_events()] == shown


def test_it_is_no_json_either_where_the_project_takes_infinity_for_json(
    reader: Client, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JSONRenderer, "strict", False)
    assert b"Infinity" not in reader.get("/eventstore/events/").content


def test_what_is_nested_deeper_than_it_can_be_written_hides_nothing_either() -> None:
    def write(value: Any) -> bytes:
        if "deep" in str(value):
            raise RecursionError("too far down")
        return str(value).encode()

    bodies = [StoredBody({"stream_id": "A-1", "payload": payload}, "payload") for payload in (["deep"], ["flat"])]
    first, second = literal_eval(written(write, {"results": bodies}).decode())["results"]
    assert (first["payload"], first["undecodable"]) == (None, {"payload": "can't be written as JSON: too far down"})
    assert (second["payload"], "undecodable" in second) == (["flat"], False)
