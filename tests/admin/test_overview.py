"""The overview: what it tells, to whom, and at what price."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import LogHead
from tests.concurrency.sessions import Session

from .operating import NAME, OVERVIEW, SUBSCRIPTIONS, append, employ, follow, parked, run, user

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    response = client.get(OVERVIEW)
    assert response.status_code == 200
    return response.content.decode()


def test_it_tells_how_the_store_is_doing(admin_client: Client) -> None:
    parked("Account-1", "Opened")
    employ(NAME, name="host-7:12", shards=1, publishes=True)
    append("Opened", stream="Order-1")
    text = page(admin_client)
    assert "3 events" in text
    assert re.search(r"Order.*?<td>1</td>", text, re.S)
    assert "host-7:12" in text
    assert f"{NAME} has parked events: 1." in text
    assert f'href="{SUBSCRIPTIONS}{NAME}/change/"' in text
    assert "Nobody holds it back." in text


def test_an_empty_store_has_an_overview(admin_client: Client) -> None:
    text = page(admin_client)
    assert "There are no events." in text
    assert "None is running." in text


def test_the_last_hour_and_day_are_drawn(admin_client: Client) -> None:
    append("A", "B", "C")
    text = page(admin_client)
    assert text.count('class="es-bar"') == 60 + 48 + 1 + 3
    assert 'aria-label="3 events in the last hour, by minutes; the most were 3"' in text
    assert ": 3</title>" in text


def test_numbers_in_drawings_stay_numbers_in_any_language(admin_client: Client) -> None:
    append(*["A"] * 900)
    append(*["A"] * 900)
    with override_settings(LANGUAGE_CODE="de", USE_THOUSAND_SEPARATOR=True):
        text = "".join(re.findall(r'<svg class="es-.*?</svg>', page(admin_client)))
    assert "1,800" in text
    for drawn in re.findall(r' (?:x|y|width|height|viewBox|points)="([^"]*)"', text):
        assert re.fullmatch(r"[0-9. ,-]*", drawn)
    assert not re.search(r' (?:x|y|width|height)="[^"]*,', text)


@pytest.mark.django_db(transaction=True)
def test_who_holds_the_watermark_back_is_told(admin_client: Client) -> None:
    writer = Session()
    try:
        writer.sql("SET application_name = '<b>shop</b>'")
        writer.begin()
        writer.run(EventStore().append, "Slow-1", [NewEvent("Noted", {})])
        text = page(admin_client)
        assert f"process {writer.pid}" in text
        assert "&lt;b&gt;shop&lt;/b&gt;" in text
        assert "idle in transaction" in text
    finally:
        writer.close()


def test_it_is_for_those_who_may_see_it(client: Client) -> None:
    client.force_login(user("view_event", "view_subscription", "view_parkedevent"))
    assert client.get(OVERVIEW).status_code == 403
    client.force_login(user("view_overview", name="ada"))
    assert client.get(OVERVIEW).status_code == 200


def test_it_stands_in_the_index_of_the_app(admin_client: Client) -> None:
    assert f'href="{OVERVIEW}"' in admin_client.get("/admin/eventstore/").content.decode()


def test_it_is_one_page_to_be_read(admin_client: Client) -> None:
    head = LogHead.objects.create(pk=1)
    for address in ("", "add/", "1/change/", "1/delete/"):
        assert admin_client.post(OVERVIEW + address).status_code in (403, 404)
    assert admin_client.get(f"{OVERVIEW}1/change/").status_code == 404
    head.refresh_from_db()


def test_what_cant_be_measured_is_told(admin_client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_workers RENAME TO elsewhere")
    assert "manage.py migrate" in page(admin_client)


def test_it_asks_little_and_reads_no_table_as_a_whole(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    append("A", "B")
    for number in range(10):
        follow(f"of {number}")
    run()
    append("C")
    LogHead.objects.create(pk=LogHead.SAMPLES, samples={"of 1": [[1, 2, 3], [4, 5, 6]]})
    with django_assert_max_num_queries(30) as captured:
        page(admin_client)
    for query in captured.captured_queries:
        sql = query["sql"]
        assert "COUNT(*)" not in sql or "eventstore_events" not in sql
