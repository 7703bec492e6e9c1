"""Pages of the log and of a stream: both ways, every event once, and links that lead on and back."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent

from .routes import PREFIX

EVENTS = f"{PREFIX}events/"


@pytest.fixture
def positions(db: None) -> list[int]:
    store = EventStore()
    first = store.append("Account-1", [NewEvent("Noted", {"number": n}) for n in range(4)]).events
    store.append("Account-2", [NewEvent("Other", {})])
    last = store.append("Account-1", [NewEvent("Noted", {"number": n}) for n in range(3)]).events
    return [event.position for event in (*first, *last)]


def _follow(client: Client, url: str, link: str = "next") -> list[list[int]]:
    pages, following = [], url
    while following:
        page = client.get(following).json()
        if not page["results"]:
            break
        pages.append([event["position"] for event in page["results"]])
        following = page[link]
    return pages


@pytest.mark.parametrize("query", ["event_type=Noted", "stream_id=Account-1"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_every_event_comes_once_both_ways(reader: Client, positions: list[int], query: str, limit: int) -> None:
    forward = _follow(reader, f"{EVENTS}?{query}&limit={limit}")
    backward = _follow(reader, f"{EVENTS}?{query}&limit={limit}&direction=backward")
    assert list(chain(*forward)) == positions
    assert list(chain(*backward)) == positions[::-1]
    assert all(len(page) == limit for page in forward[:-1])


@pytest.mark.parametrize("query", ["event_type=Noted", "stream_id=Account-1"])
def test_previous_leads_back_over_what_was_seen(reader: Client, positions: list[int], query: str) -> None:
    first = reader.get(f"{EVENTS}?{query}&limit=3").json()
    second = reader.get(first["next"]).json()
    back = reader.get(second["previous"]).json()
    assert first["previous"] is None
    assert [event["position"] for event in back["results"]] == positions[2::-1]


def test_a_page_from_the_end_leads_to_what_comes_later(reader: Client, positions: list[int]) -> None:
    newest = reader.get(f"{EVENTS}?direction=backward&limit=2").json()
    new = EventStore().append("Account-9", [NewEvent("Noted", {})]).events[0].position
    assert [event["position"] for event in reader.get(newest["previous"]).json()["results"]] == [new]


def test_the_end_backwards_is_no_link(reader: Client, positions: list[int]) -> None:
    assert reader.get(f"{EVENTS}?direction=backward&limit=100").json()["next"] is None


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_an_empty_page_leads_back_to_the_event_at_its_cursor(
    reader: Client, positions: list[int], direction: str
) -> None:
    end = positions[-1] if direction == "forward" else positions[0]
    page = reader.get(f"{EVENTS}?after={end}&direction={direction}").json()
    assert page["results"] == []
    assert reader.get(page["previous"]).json()["results"][0]["position"] == end


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_a_cursor_of_another_stream_is_as_good(reader: Client, positions: list[int], direction: str) -> None:
    page = reader.get(f"{EVENTS}?stream_id=Account-1&after={positions[3] + 1}&direction={direction}").json()
    expected = positions[4:] if direction == "forward" else positions[3::-1]
    assert [event["position"] for event in page["results"]] == expected


def test_filters_and_limit_stay_in_the_links(reader: Client, positions: list[int]) -> None:
    page = reader.get(f"{EVENTS}?event_type=Noted&limit=2&stream_id=Account-1").json()
    assert "event_type=Noted" in page["next"]
    assert "limit=2" in page["next"]
    assert "stream_id=Account-1" in page["next"]


STREAM = f"{PREFIX}streams/Account-1/events/"


def _versions(page: Any) -> list[int]:
    return [event["event_version"] for event in page["results"]]


@pytest.mark.usefixtures("positions")
@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("limit=3", [[1, 2, 3], [4, 5, 6], [7]]),
        ("limit=3&direction=backward", [[7, 6, 5], [4, 3, 2], [1]]),
        ("from_version=2&to_version=5&limit=2", [[2, 3], [4, 5]]),
        ("from_version=2&to_version=5&limit=3&direction=backward", [[5, 4, 3], [2]]),
        ("to_version=100", [[1, 2, 3, 4, 5, 6, 7]]),
        ("from_version=8", [[]]),
    ],
)
def test_a_stream_is_read_by_version(reader: Client, query: str, pages: list[list[int]]) -> None:
    found, following = [], f"{STREAM}?{query}"
    while following:
        page = reader.get(following).json()
        found.append(_versions(page))
        following = page["next"]
    assert found == pages


@pytest.mark.usefixtures("positions")
def test_previous_leads_back_in_a_stream(reader: Client) -> None:
    page = reader.get(f"{STREAM}?from_version=4&limit=2").json()
    back = reader.get(page["previous"]).json()
    assert (_versions(page), _versions(back)) == ([4, 5], [3, 2])
    assert _versions(reader.get(back["previous"]).json()) == [4, 5]
    assert reader.get(STREAM).json()["previous"] is None
