"""The browser's own EventSource on live feeds of real servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from eventstore_django import EventStore, NewEvent
from tests.live.conftest import Serve, reader, serve
from tests.live.servers import Server

__all__ = ["reader", "serve"]  # the same fixtures

FOLLOW = """(query) => {
    window.seen = [];
    window.opened = 0;
    window.source = new EventSource("/eventstore/events/live/" + query);
    window.source.onopen = () => { window.opened += 1; };
    window.source.onmessage = (message) => {
        window.seen.push([message.lastEventId, JSON.parse(message.data).position]);
    };
}"""
CLOSED = 2


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def _follow(page: Page, server: Server, client: Client, user: Any, query: str = "") -> None:
    client.force_login(user)
    address = f"http://127.0.0.1:{server.port}"
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    page.goto(f"{address}/eventstore/events/")
    page.evaluate(FOLLOW, query)
    page.wait_for_function("window.opened > 0")


def _append(stream_id: str = "Account-1") -> int:
    return EventStore().append(stream_id, [NewEvent("Noted", {})]).events[0].position


def _seen(page: Page, count: int) -> list[int]:
    page.wait_for_function(f"window.seen.length >= {count}")
    seen: list[list[Any]] = page.evaluate("window.seen")
    assert all(int(last_id) == position for last_id, position in seen)
    return [position for _, position in seen]


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
def test_a_page_gets_each_event_when_it_is_committed(
    serve: Serve, reader: Any, page: Page, client: Client, kind: str
) -> None:
    _append()
    _follow(page, serve(kind), client, reader)
    positions = []
    for count in range(1, 4):
        positions.append(_append())
        assert _seen(page, count) == positions


def test_a_page_comes_back_by_itself_after_the_end_of_a_feed_without_a_gap_or_a_double(
    serve: Serve, reader: Any, page: Page, client: Client
) -> None:
    _follow(page, serve("wsgi", LIVE_WSGI_SECONDS=0.3), client, reader)
    positions = []
    for times in range(1, 4):
        positions += [_append(), _append()]
        page.wait_for_function(f"window.opened > {times}")
    assert _seen(page, len(positions)) == positions


def test_a_page_for_which_nothing_comes_does_not_begin_again_where_it_was(
    serve: Serve, reader: Any, page: Page, client: Client
) -> None:
    server = serve("wsgi", LIVE_WSGI_SECONDS=0.3)
    _follow(page, server, client, reader, "?category=Account")
    last = _append("Order-1")
    server.until(lambda: f"Last-Event-ID: {last}\n" in server.output, "was not asked for what is behind the last id")
    position = _append()
    assert _seen(page, 1) == [position]


def test_a_page_whose_user_may_read_no_more_is_closed(serve: Serve, reader: Any, page: Page, client: Client) -> None:
    _follow(page, serve("asgi", LIVE_HEARTBEAT=0.2), client, reader)
    reader.user_permissions.clear()
    page.wait_for_function(f"window.source.readyState === {CLOSED}")
    _append()
    assert page.evaluate("window.seen") == []
