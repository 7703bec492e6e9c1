from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent
from eventstore_django.erasure import erasure
from eventstore_django.models import Erasure, Event

PAGES = ["event", "stream", "snapshot", "erasure"]


def _history() -> Event:
    EventStore().append("Account-1", [NewEvent("Noted", {"text": "<script>alert(1)</script>"}), NewEvent("Noted", {})])
    with erasure(reason="request 7", actor="ada") as door:
        door.remove(Event.objects.filter(event_version=2))
    event: Event = Event.objects.get()
    return event


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows(admin_client: Client, page: str) -> None:
    _history()
    assert admin_client.get(f"/admin/eventstore/{page}/").status_code == 200


def test_an_event_shows_its_payload_escaped(admin_client: Client) -> None:
    text = admin_client.get(f"/admin/eventstore/event/{_history().pk}/change/").content.decode()
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("action", ["add/", "1/delete/"])
def test_nobody_adds_or_deletes(admin_client: Client, page: str, action: str) -> None:
    _history()
    assert admin_client.post(f"/admin/eventstore/{page}/{action}").status_code in (302, 403)
    assert (Event.objects.count(), Erasure.objects.count()) == (1, 1)


def test_nobody_changes_an_event(admin_client: Client) -> None:
    event = _history()
    response = admin_client.post(f"/admin/eventstore/event/{event.pk}/change/", {"event_type": "Other"})
    assert (response.status_code, Event.objects.get().event_type) == (403, "Noted")


def test_events_are_searched_by_stream_id_and_position(admin_client: Client) -> None:
    event = _history()
    for term in ("Account-1", str(event.event_id), str(event.position)):
        response = admin_client.get("/admin/eventstore/event/", {"q": term})
        assert response["Location"].endswith(("stream/Account-1/change/", f"event/{event.pk}/change/"))


def test_a_search_goes_to_one_index(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    event = _history()
    with django_assert_max_num_queries(20) as captured:
        admin_client.get("/admin/eventstore/event/", {"q": "Account-1"})
        admin_client.get("/admin/eventstore/event/", {"q": str(event.event_id)})
    searches = [query["sql"] for query in captured.captured_queries if "WHERE" in query["sql"]]
    assert searches
    assert not any("UPPER" in sql for sql in searches)
