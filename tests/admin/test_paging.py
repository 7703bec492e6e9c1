from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eventstore_django.admin.events import EventAdmin
from eventstore_django.admin.streams import StreamAdmin

from .pages import ADMIN, write

PAGE = 3
CONTROLS = ("first", "newer", "older", "last")


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EventAdmin, "list_per_page", PAGE)
    monkeypatch.setattr(StreamAdmin, "list_per_page", PAGE)


def _page(client: Client, address: str) -> tuple[list[Any], dict[str, str]]:
    shown = client.get(address).context["cl"]
    return [row.pk for row in shown.result_list], {name: getattr(shown, f"{name}_url") for name in CONTROLS}


def _walk(client: Client, model: str, control: str, address: str = "") -> list[list[Any]]:
    pages: list[list[Any]] = []
    links = {control: address}
    while links[control] or not pages:
        found, links = _page(client, f"{ADMIN}/{model}/{links[control]}")
        pages.append(found)
    return pages


def test_the_newest_events_come_first_and_every_event_once(admin_client: Client) -> None:
    positions = write("Account-1", *["Noted"] * 8)[::-1]
    assert _walk(admin_client, "event", "older") == [positions[:3], positions[3:6], positions[6:]]


def test_the_way_back_shows_every_event_once(admin_client: Client) -> None:
    positions = write("Account-1", *["Noted"] * 8)[::-1]
    assert _walk(admin_client, "event", "newer", "?_last=1") == [positions[5:], positions[2:5], positions[:2]]


def test_the_first_page_leads_down_only_and_the_last_one_up_only(admin_client: Client) -> None:
    write("Account-1", *["Noted"] * 8)
    _, first = _page(admin_client, f"{ADMIN}/event/")
    _, last = _page(admin_client, f"{ADMIN}/event/?_last=1")
    assert [name for name in CONTROLS if first[name]] == ["older", "last"]
    assert [name for name in CONTROLS if last[name]] == ["first", "newer"]


def test_a_page_that_is_full_but_the_last_one_leads_nowhere(admin_client: Client) -> None:
    write("Account-1", *["Noted"] * PAGE)
    _, links = _page(admin_client, f"{ADMIN}/event/")
    assert not any(links.values())


def test_streams_are_paged_by_name(admin_client: Client) -> None:
    names = ["Account-1", "Account-2", "b", "c", "é", "\U0001f600"]
    for name in names:
        write(name, "Noted")
    assert _walk(admin_client, "stream", "older") == [names[:3], names[3:]]
    assert _walk(admin_client, "stream", "newer", "?_last=1") == [names[3:], names[:3]]


def test_events_that_come_in_meanwhile_shift_no_page(admin_client: Client) -> None:
    positions = write("Account-1", *["Noted"] * 6)[::-1]
    _, links = _page(admin_client, f"{ADMIN}/event/")
    write("Account-1", "Noted", "Noted")
    assert _page(admin_client, f"{ADMIN}/event/{links['older']}")[0] == positions[3:6]


@pytest.mark.parametrize("key", ["", "x", "-1", "9" * 40, "1.5", "%00", "1 OR 1=1", "'"])
def test_a_key_that_is_none_shows_the_first_page(admin_client: Client, key: str) -> None:
    positions = write("Account-1", *["Noted"] * 4)[::-1]
    found, _ = _page(admin_client, f"{ADMIN}/event/?_before={key}")
    assert found in (positions[:3], [])  # below the first position there is nothing


def test_filters_and_search_stay_on_the_way_and_a_new_one_begins_anew(admin_client: Client) -> None:
    write("Account-1", *["Noted", "Other"] * 4)
    page = admin_client.get(f"{ADMIN}/event/?event_type=Noted&_before=1000000")
    assert "event_type=Noted" in page.context["cl"].older_url
    assert (
        "_before" not in page.content.decode().split('id="changelist-filter"')[1].split("</form>")[0].split("<ul>")[1]
    )


@pytest.mark.parametrize(
    "query", ["", "?_last=1", "?_before=5", "?event_type=Noted", "?category=Account&event_type=Noted"]
)
@pytest.mark.parametrize("model", ["event", "stream", "snapshot", "erasure", "erasedevent"])
def test_no_list_counts_skips_or_sorts_by_anything_else(admin_client: Client, model: str, query: str) -> None:
    write("Account-1", *["Noted"] * 5)
    if model != "event" and "=Noted" in query:
        query = "?category=Account" if model == "stream" else ""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = admin_client.get(f"{ADMIN}/{model}/{query}&o=3.-2&p=2" if query else f"{ADMIN}/{model}/?o=2&p=3")
    assert response.status_code == 200
    statements = [statement["sql"].upper() for statement in captured if "EVENTSTORE_" in statement["sql"].upper()]
    assert statements
    assert not [sql for sql in statements if "COUNT(" in sql or "OFFSET" in sql or "DISTINCT" in sql]
    assert len(captured) < 15
