"""Following while others write and everything breaks off: nothing is missed, nothing comes twice."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import Event
from tests.concurrency.log_writers import CATEGORY, write
from tests.concurrency.processes import Workers
from tests.concurrency.sessions import rows

from .conftest import Serve
from .servers import Server

SECONDS = 90.0
APPENDS = 60
WRITERS = 4
"""Processes, each with two threads."""


class Follower:
    """A client that leaves now and then, or is left, and goes on behind the last id it has seen."""

    def __init__(self, server: Callable[[], Server], query: str = "") -> None:
        self._server = server
        self._query = query
        self._choice = random.Random(query)
        self._last = 0
        self.seen: list[int] = []
        self.connects = 0
        self.refused: set[int] = set()
        self.end = threading.Event()
        self.until = 0

    def run(self) -> list[int]:
        while not self._is_done():
            try:
                self._follow()
            except (OSError, HTTPException, AssertionError):
                # The server was killed, in the middle of a block maybe: what is not whole has not come.
                self.end.wait(0.05)
        return self.seen

    def _follow(self) -> None:
        client = self._server().get(f"events/live/?after=0{self._query}", **{"Last-Event-ID": str(self._last)})
        self.connects += 1
        try:
            if client.status != 200:
                self.refused.add(client.status)
                raise HTTPException(client.status)
            for block in client.blocks():
                self._last = self._last if block.id is None else block.id
                self.seen += [] if block.data is None else [block.data["position"]]
                if self._is_done() or self._choice.random() < 0.01:
                    return
        finally:
            client.leave()

    def _is_done(self) -> bool:
        return self.end.is_set() and self._last >= self.until


def _followed(workers: Workers, followers: list[Follower], meanwhile: Callable[[], None]) -> list[list[int]]:
    writing = [workers.start(write, number, APPENDS, True) for number in range(WRITERS)]
    with ThreadPoolExecutor(len(followers)) as threads:
        following = [threads.submit(follower.run) for follower in followers]
        try:
            meanwhile()
            workers.results(writing, SECONDS)
        finally:
            last = Event.objects.order_by("-position").values_list("position", flat=True).first() or 0
            for follower in followers:
                follower.until = last
                follower.end.set()
        return [future.result(SECONDS) for future in following]


def _stored(**conditions: str) -> list[int]:
    return list(Event.objects.filter(**conditions).order_by("position").values_list("position", flat=True))


@pytest.mark.slow
def test_beside_eight_writers_nothing_is_missed_or_doubled(serve: Serve, workers: Workers) -> None:
    asgi = serve("asgi", LIVE_HEARTBEAT=0.2)
    wsgi = serve("wsgi", LIVE_HEARTBEAT=0.2, LIVE_WSGI_SECONDS=0.7)
    followers = [
        Follower(lambda: asgi),
        Follower(lambda: asgi, f"&category={CATEGORY}"),
        Follower(lambda: asgi, "&category=Nothing"),
        Follower(lambda: wsgi),
        Follower(lambda: wsgi, f"&category={CATEGORY}"),
    ]
    found = _followed(workers, followers, lambda: None)
    everything, of_category = _stored(), _stored(category=CATEGORY)
    assert len(everything) > WRITERS * APPENDS
    assert found == [everything, of_category, [], everything, of_category]
    assert all(follower.connects > 1 for follower in (followers[0], followers[3]))


@pytest.mark.slow
def test_a_server_that_is_killed_and_sessions_that_are_cut_lose_nothing(serve: Serve, workers: Workers) -> None:
    servers = [serve("asgi", LIVE_HEARTBEAT=0.2)]
    follower = Follower(lambda: servers[-1])

    def break_things() -> None:
        servers[0].kill()
        servers.append(serve("asgi", LIVE_HEARTBEAT=0.2))
        servers[1].until(lambda: servers[1].connections() > 0, "was not asked for anything")
        for _ in range(3):
            rows(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = %s",
                servers[1].name,
            )

    (seen,) = _followed(workers, [follower], break_things)
    assert seen == _stored()
    # A session may be cut while a client opens its feed: it is told to come again.
    assert follower.refused <= {503}


def test_a_feed_outlives_an_outage_of_the_database(serve: Serve) -> None:
    server = serve("asgi", LIVE_HEARTBEAT=0.2)
    client = server.get("events/live/")
    client.opened()
    blocks = client.blocks()
    next(blocks)
    cut = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = %s"
    assert rows(cut, server.name)
    position = EventStore().append("Account-1", [NewEvent("Noted", {})]).events[0].position
    assert next(block.data for block in blocks if block.data)["position"] == position
