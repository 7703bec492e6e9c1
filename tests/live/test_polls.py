"""Long polls of real servers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from eventstore_django import EventStore, NewEvent

from .conftest import Serve
from .servers import Server
from .test_servers import KINDS


def _page(server: Server, query: str) -> Any:
    return server.get(f"events/?{query}", Accept="application/json").json()


def _append() -> int:
    return EventStore().append("Account-1", [NewEvent("Noted", {})]).events[0].position


@KINDS
def test_a_poll_is_answered_when_an_event_comes(serve: Serve, kind: str) -> None:
    server, position = serve(kind), _append()
    with ThreadPoolExecutor(1) as thread:
        poll = thread.submit(_page, server, f"after={position}&category=Account&wait=25")
        # It waits, with the connection of the head and no other.
        server.until(lambda: server.connections() == 1, "did not wait")
        assert not poll.done()
        new = _append()
        page = poll.result(60)
    assert [event["position"] for event in page["results"]] == [new]
    assert f"after={new}" in page["next"]


@KINDS
def test_a_poll_that_nothing_comes_for_is_an_empty_page_that_leads_on(serve: Serve, kind: str) -> None:
    server, position = serve(kind), _append()
    page = _page(server, f"after={position}&wait=1")
    assert page["results"] == []
    assert f"after={position}" in page["next"]
    assert "wait=1" in page["next"]
