"""The log as JSON Lines: everything behind the cursor, in bounded memory, and an error is never taken for the end."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from eventstore_django import EventStore, NewEvent
from eventstore_django.api import exports
from eventstore_django.api.pages import PageRequest

from .routes import PREFIX

URL = f"{PREFIX}events/?format=jsonl"


@pytest.fixture
def positions(db: None, settings: Any) -> list[int]:
    settings.EVENTSTORE = {"READ_BATCH_SIZE": 3}
    events = EventStore().append("Account-1", [NewEvent("Noted", {"text": "größe\n"}) for _ in range(10)]).events
    return [event.position for event in events]


def _lines(response: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def test_all_pages_come_in_one_answer(reader: Client, positions: list[int]) -> None:
    response = reader.get(URL)
    assert response["Content-Type"] == "application/jsonl"
    assert response["EventStore-Until"] == str(positions[-1])
    lines = _lines(response)
    assert [line["position"] for line in lines] == positions
    assert lines == reader.get(f"{PREFIX}events/").json()["results"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("&direction=backward", slice(None, None, -1)),
        ("&limit=4", slice(0, 4)),
        ("&stream_id=Account-1", slice(None)),
        ("&stream_id=Account-1&direction=backward", slice(None, None, -1)),
        ("&event_type=Nothing", slice(0, 0)),
    ],
)
def test_filters_and_cursors_hold(reader: Client, positions: list[int], query: str, expected: slice) -> None:
    assert [line["position"] for line in _lines(reader.get(URL + query))] == positions[expected]


def test_it_goes_on_behind_a_position(reader: Client, positions: list[int]) -> None:
    assert [line["position"] for line in _lines(reader.get(f"{URL}&after={positions[6]}"))] == positions[7:]


def test_it_is_chosen_by_accept_too(reader: Client, positions: list[int]) -> None:
    response = reader.get(f"{PREFIX}events/", headers={"Accept": "application/jsonl"})
    assert len(_lines(response)) == len(positions)


@pytest.mark.usefixtures("positions")
def test_what_is_appended_meanwhile_is_left_for_the_next_time(reader: Client) -> None:
    response = reader.get(URL)
    EventStore().append("Account-2", [NewEvent("Noted", {})])
    assert len(_lines(response)) == 10


def test_it_reads_page_by_page(reader: Client, positions: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    read = PageRequest.of

    def counted(self: PageRequest, *args: Any, **kwargs: Any) -> Any:
        sizes.append(self.limit)
        return read(self, *args, **kwargs)

    monkeypatch.setattr(PageRequest, "of", counted)
    _lines(reader.get(URL))
    assert sizes == [3, 3, 3, 3]


def test_an_error_on_the_way_is_the_last_line_and_no_good_end(
    reader: Client, positions: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = PageRequest.of

    def failing(self: PageRequest, *args: Any, **kwargs: Any) -> Any:
        if self.after is not None and self.after >= positions[5]:
            raise OperationalError("gone")
        return read(self, *args, **kwargs)

    monkeypatch.setattr(PageRequest, "of", failing)
    response: Any = reader.get(URL)
    chunks = iter(response.streaming_content)
    received: list[bytes] = []
    with pytest.raises(OperationalError):
        received += list(_taken(chunks, received))
    lines = [json.loads(line) for line in b"".join(received).splitlines()]
    assert [line.get("position") for line in lines] == [*positions[:6], None]
    assert (lines[-1]["title"], lines[-1]["status"]) == ("OperationalError", 500)


def _taken(chunks: Any, received: list[bytes]) -> Any:
    for chunk in chunks:
        received.append(chunk)
    return ()


def test_head_reads_nothing(reader: Client, positions: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PageRequest, "of", lambda *args, **kwargs: pytest.fail("read"))
    assert reader.head(URL)["EventStore-Until"] == str(positions[-1])


def test_an_error_before_it_begins_is_a_problem(reader: Client) -> None:
    response = reader.get(f"{URL}&limit=0")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_under_asgi_it_is_sent_piece_by_piece_too(positions: list[int]) -> None:
    lines = (b"x" * 1024 for _ in range(200))

    async def received() -> list[int]:
        return [len(chunk) async for chunk in exports._in_threads(exports._chunks(lines))]

    assert asyncio.run(received()) == [65536, 65536, 65536, 8192]


def test_chunks_are_sent_as_they_fill() -> None:
    lines = (b"x" * 1024 for _ in range(200))
    sizes = [len(chunk) for chunk in exports._chunks(lines)]
    assert max(sizes) == 64 * 1024
    assert sum(sizes) == 200 * 1024
