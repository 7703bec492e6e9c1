"""Only what is settled is shown: above something that may still appear, an event would make a reader miss it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from eventstore_django import EventStore, NewEvent
from tests.concurrency.sessions import Session

from .conftest import Login
from .routes import PREFIX

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader(login: Login) -> Client:
    return login("view_event")


@pytest.fixture
def slow_writer(transactional_db: None) -> Iterator[Session]:
    """A transaction that has appended, and is still open while others append and commit."""
    session = Session()
    session.begin()
    session.run(_append, "Slow-1")
    _append("Quick-1")
    yield session
    session.close()


def _append(stream_id: str) -> None:
    EventStore().append(stream_id, [NewEvent("Noted", {})])


def _streams(client: Client, query: str) -> list[str]:
    return [event["stream_id"] for event in client.get(f"{PREFIX}events/?{query}").json()["results"]]


@pytest.mark.parametrize("query", ["", "direction=backward", "stream_id=Quick-1", "category=Quick", "event_type=Noted"])
def test_a_page_ends_where_something_may_still_appear(reader: Client, slow_writer: Session, query: str) -> None:
    assert _streams(reader, query) == []
    slow_writer.commit()
    assert "Quick-1" in _streams(reader, query)


def test_the_order_is_that_of_positions_however_they_were_committed(reader: Client, slow_writer: Session) -> None:
    slow_writer.commit()
    assert _streams(reader, "") == ["Slow-1", "Quick-1"]


def test_an_export_ends_there_too(reader: Client, slow_writer: Session) -> None:
    response: Any = reader.get(f"{PREFIX}events/?format=jsonl")
    assert b"".join(response.streaming_content) == b""
    slow_writer.commit()
    response = reader.get(f"{PREFIX}events/?format=jsonl")
    lines = b"".join(response.streaming_content).splitlines()
    assert [json.loads(line)["stream_id"] for line in lines] == ["Slow-1", "Quick-1"]


def test_statistics_tell_of_what_is_settled(reader: Client, slow_writer: Session) -> None:
    assert reader.get(f"{PREFIX}stats/").json()["last_event"] is None


def test_an_append_is_committed_by_itself_whatever_the_project_wraps_around_views(
    login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    body = {"events": [{"event_type": "Noted", "payload": {}}]}
    with CaptureQueriesContext(connection) as captured:
        url = f"{PREFIX}streams/Account-1/events/"
        response = login("add_event").post(url, body, content_type="application/json")
    assert response.status_code == 201
    statements = [query["sql"] for query in captured.captured_queries]
    appended = next(number for number, sql in enumerate(statements) if "eventstore_append_event" in sql)
    assert "COMMIT" not in statements[appended:]


def test_under_asgi_an_export_is_an_answer_in_pieces(login: Login) -> None:
    for number in range(3):
        _append(f"Account-{number}")
    cookies = login("view_event").cookies

    async def received() -> list[str]:
        client = AsyncClient()
        client.cookies = cookies
        response: Any = await client.get(f"{PREFIX}events/?format=jsonl")
        assert response.is_async
        content = b"".join([chunk async for chunk in response.streaming_content])
        await sync_to_async(connections.close_all)()
        return [json.loads(line)["stream_id"] for line in content.splitlines()]

    # In a thread of its own: what is sync then runs in another one, with a connection of its own.
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(asyncio.run, received()).result()
    assert found == ["Account-0", "Account-1", "Account-2"]
