"""Stream names in paths: a path never reaches another stream than the one that it names."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent

from .routes import EVENT, PREFIX


def _fill(*names: str) -> None:
    for name in names:
        EventStore().append(name, [NewEvent("Noted", {"name": name})])


@pytest.mark.parametrize(
    "name",
    ["Account-1", "tenant-1/Account/1", "orders:1", "a.b", "größe %41", "a%2Fb", "a?b#c", "a b+c", "events", "a;b"],
)
def test_a_name_that_survives_a_url_is_reached_by_it(reader: Client, name: str) -> None:
    _fill(name)
    for suffix in ("", "events/"):
        response = reader.get(f"{PREFIX}streams/{quote(name)}/{suffix}")
        assert (response.status_code, response.json()["stream_id"]) == (200, name)


@pytest.mark.parametrize("name", ["a//b", "/a", "a/", "../a", "a/../b", "a/./b", ".", "..", "a/.."])
def test_a_name_that_does_not_is_refused_and_not_taken_for_another(writer: Client, name: str) -> None:
    _fill("a", "b", "a/b", name)
    for suffix in ("", "events/"):
        response = writer.get(f"{PREFIX}streams/{quote(name, safe='')}/{suffix}")
        assert (response.status_code, response.json()["field"]) == (400, "stream_id")
    url = f"{PREFIX}streams/{quote(name, safe='')}/events/"
    assert writer.post(url, {"events": [EVENT]}, content_type="application/json").status_code == 400
    assert EventStore().get_stream_version(name) == 1


def test_a_path_that_may_mean_two_streams_names_both(reader: Client) -> None:
    _fill("a", "a/events")
    response = reader.get(f"{PREFIX}streams/a/events/")
    assert (response.status_code, response.json()["streams"]) == (409, ["a", "a/events"])
    assert reader.get(f"{PREFIX}streams/a/").json()["stream_id"] == "a"
    assert reader.get(f"{PREFIX}streams/a/events/events/").json()["stream_id"] == "a/events"


def test_the_path_of_the_longer_name_alone_does_not_show_the_shorter_one(reader: Client) -> None:
    _fill("a/events")
    assert reader.get(f"{PREFIX}streams/a/events/").status_code == 409


def test_an_append_goes_to_the_stream_before_the_last_events(writer: Client) -> None:
    _fill("a", "a/events")
    url = f"{PREFIX}streams/a/events/events/"
    assert writer.post(url, {"events": [EVENT]}, content_type="application/json").json()["stream_id"] == "a/events"
    assert EventStore().get_stream_version("a") == 1


@pytest.mark.parametrize("name", ["a\nb", "a\x00b", "$reserved", "x" * 256])
def test_what_is_no_name_is_refused(reader: Client, name: str) -> None:
    for address in (f"streams/{quote(name)}/", f"streams/{quote(name)}/events/", f"events/?stream_id={quote(name)}"):
        response = reader.get(PREFIX + address)
        assert (response.status_code, response.json()["field"]) == (400, "stream_id")


def test_everything_is_no_stream_but_can_be_read_as_events(reader: Client) -> None:
    _fill("a", "b")
    assert reader.get(f"{PREFIX}streams/$all/").status_code == 404
    results = reader.get(f"{PREFIX}events/?stream_id=$all").json()["results"]
    assert [event["stream_id"] for event in results] == ["a", "b"]
