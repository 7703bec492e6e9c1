"""Real servers, real clients, the real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from eventstore_django import EventStore, NewEvent

from .clients import Client
from .conftest import Serve
from .servers import Server

KINDS = pytest.mark.parametrize("kind", ["asgi", "wsgi"])
SHORT = {"LIVE_HEARTBEAT": 0.2}


def _append(stream_id: str = "Account-1", event_type: str = "Noted", count: int = 1) -> list[int]:
    result = EventStore().append(stream_id, [NewEvent(event_type, {"number": n}) for n in range(count)])
    return [event.position for event in result.events]


@KINDS
def test_an_event_comes_when_it_is_committed_in_the_form_of_the_pages(serve: Serve, kind: str) -> None:
    server = serve(kind)
    _append()
    client = server.get("events/live/")
    client.opened()
    (position,) = _append("tenant-1/Account/1")
    event = next(client.events())
    assert event == server.get(f"events/{position}/", Accept="application/json").json()


@KINDS
def test_the_headers_keep_everybody_from_holding_it_back(serve: Serve, kind: str) -> None:
    headers = serve(kind).get("events/live/").response.headers
    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-cache, no-transform, private"
    assert headers["X-Accel-Buffering"] == "no"
    assert headers["Content-Encoding"] == "identity"


@KINDS
def test_a_feed_begins_where_it_is_told_and_without_that_now(serve: Serve, kind: str) -> None:
    server, positions = serve(kind), _append(count=5)
    assert server.get("events/live/").opened() == positions[-1]
    events = server.get(f"events/live/?after={positions[1]}").events()
    assert [event["position"] for event in islice(events, 3)] == positions[2:]
    again = server.get(f"events/live/?after={positions[1]}", **{"Last-Event-ID": str(positions[3])}).events()
    assert next(again)["position"] == positions[4]


@KINDS
def test_a_filter_lets_through_what_it_matches_and_tells_how_far_it_has_come(serve: Serve, kind: str) -> None:
    client = serve(kind, **SHORT).get("events/live/?category=Account&event_type=Noted")
    client.opened()
    _append("Order-1")
    _append("Account-1", "Other")
    wanted = _append("Account-1")
    last = _append("Order-1", count=3)[-1]
    blocks = client.blocks()
    seen = [block.data["position"] for block in _until(blocks, wanted[0]) if block.data]
    assert seen == wanted
    assert _until(blocks, last)[-1].is_heartbeat


def _until(blocks: Any, position: int) -> list[Any]:
    found = []
    for block in blocks:
        found.append(block)
        if block.id is not None and block.id >= position:
            break
    return found


@KINDS
def test_a_heartbeat_comes_while_nothing_happens(serve: Serve, kind: str) -> None:
    client = serve(kind, **SHORT).get("events/live/")
    client.opened()
    beats = list(islice(client.blocks(), 3))
    assert all(block.is_heartbeat and block.id is None for block in beats)


def _withdraw(user: Any) -> None:
    user.user_permissions.clear()


def _deactivate(user: Any) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _change_password(user: Any) -> None:
    user.set_password("another")
    user.save()


@KINDS
@pytest.mark.parametrize("change", [_withdraw, _deactivate, _change_password])
def test_a_feed_ends_when_its_user_may_read_no_more(serve: Serve, reader: Any, kind: str, change: Any) -> None:
    server = serve(kind, **SHORT)
    client = server.get("events/live/")
    client.opened()
    change(reader)
    assert [block for block in client.blocks() if block.data] == []
    assert server.get("events/live/").status in (401, 403)


@KINDS
def test_a_feed_of_a_session_ends_when_the_session_does(serve: Serve, client: Any, reader: Any, kind: str) -> None:
    client.force_login(reader)
    key = client.cookies["sessionid"].value
    feed = serve(kind, **SHORT).get("events/live/", Cookie=f"sessionid={key}", Authorization="")
    feed.opened()
    assert next(feed.blocks()).is_heartbeat
    Session.objects.all().delete()
    assert [block for block in feed.blocks() if block.data] == []


def test_under_wsgi_a_feed_ends_by_itself_and_tells_where_it_was(serve: Serve) -> None:
    client = serve("wsgi", LIVE_WSGI_SECONDS=0.5).get("events/live/?category=Account")
    start = client.opened()
    (last,) = _append("Order-1")
    ids = [block.id for block in client.blocks() if block.id is not None]
    assert ids == [last]
    assert last > start


@KINDS
def test_a_client_that_leaves_gives_place_and_connections_back(serve: Serve, kind: str) -> None:
    server = serve(kind, LIVE_CLIENTS=2, LIVE_THREADS=2, **SHORT)
    clients = [server.get("events/live/") for _ in range(2)]
    for client in clients:
        client.opened()
    refused = server.get("events/live/")
    assert (refused.status, refused.response.headers["Retry-After"]) == (503, "2")
    assert refused.json()["title"] == "NoPlaceLeft"
    clients[0].leave()
    server.until(lambda: server.get("events/live/").status == 200, "kept the place of one who left")
    server.lose_clients()
    server.until(lambda: server.connections() == 0, "kept a connection")


@KINDS
def test_a_feed_at_rest_has_no_connection_of_its_own(serve: Serve, client: Any, reader: Any, kind: str) -> None:
    client.force_login(reader)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    server = serve(kind, LIVE_HEARTBEAT=300)
    for _ in range(3):
        # The session is saved after the view, by middleware.
        server.get("events/live/", Cookie=cookie, Authorization="").opened()
    server.until(lambda: server.connections() == 1, "holds more than the connection of the head")


def test_one_user_has_only_so_many_feeds(serve: Serve) -> None:
    server = serve("asgi", LIVE_CLIENTS_PER_USER=1)
    client = server.get("events/live/")
    client.opened()
    assert server.get("events/live/").status == 503
    User.objects.create_superuser("other", password="other")
    assert server.get("events/live/", user="other").status == 200


def test_what_the_scope_shows_is_asked_anew_while_a_feed_runs(serve: Serve, reader: Any) -> None:
    User.objects.filter(pk=reader.pk).update(first_name="tenant-1")
    client = serve("asgi", API_SCOPE="tests.live.scopes.tenant_of_user", **SHORT).get("events/live/")
    client.opened()
    _append("tenant-10/Account/1")
    _append("Account-1")
    first = _append("tenant-1/Account/1")
    blocks = client.blocks()
    assert [block.data["position"] for block in _until(blocks, first[0]) if block.data] == first
    User.objects.filter(pk=reader.pk).update(first_name="tenant-2")
    # From the second heartbeat on: the first may have been under way.
    for _ in range(2):
        assert next(blocks).is_heartbeat
    _append("tenant-1/Account/1")
    second = _append("tenant-2/Account/1")
    assert [block.data["position"] for block in _until(blocks, second[0]) if block.data] == second


@pytest.mark.slow
def test_two_hundred_clients_hold_a_few_connections_and_all_get_the_event(serve: Serve) -> None:
    server = serve("asgi", LIVE_CLIENTS_PER_USER=200)
    most = 0
    with ThreadPoolExecutor(50) as threads:
        connecting = [threads.submit(_opened, server) for _ in range(200)]
        while not all(future.done() for future in connecting):
            most = max(most, server.connections())
        clients = [future.result() for future in connecting]
        (position,) = _append()
        coming = [threads.submit(next, client.events()) for client in clients]
        while not all(future.done() for future in coming):
            most = max(most, server.connections())
    assert {future.result()["position"] for future in coming} == {position}
    assert 0 < most <= 9


def _opened(server: Server) -> Client:
    client = server.get("events/live/")
    client.opened()
    return client
