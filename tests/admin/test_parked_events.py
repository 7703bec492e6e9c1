"""The pages of events that subscriptions have kept aside."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from eventstore_django.erasure import erasure
from eventstore_django.models import Event, ParkedEvent, Subscription

from .operating import PARKED, append, follow, parked, run, user

pytestmark = pytest.mark.django_db


def page(client: Client, row: ParkedEvent) -> str:
    response = client.get(f"{PARKED}{row.pk}/change/")
    assert response.status_code == 200
    return response.content.decode()


def listed(client: Client, **given: str) -> list[str]:
    text = client.get(PARKED, given).content.decode()
    return re.findall(r'class="field-where"><a href="[^"]*">(\d+)<', text)


def test_the_list_shows_the_newest_first_with_the_line_that_names_the_error(admin_client: Client) -> None:
    positions = append("Broken", "A"), append("Broken", stream="Account-2")
    follow(error="no <script>alert(1)</script>\u202e")
    run()
    text = admin_client.get(PARKED).content.decode()
    expected = ParkedEvent.objects.order_by("-pk").values_list("position", flat=True)
    assert listed(admin_client) == [str(position) for position in expected]
    assert {int(position) for position in listed(admin_client)} == {*positions[0], *positions[1]}
    assert "Broken: no &lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\u202e" not in text
    assert "Traceback" not in text


def test_the_list_is_filtered_by_subscription_status_and_stream(admin_client: Client) -> None:
    (first, second), (other,) = append("Broken", "A"), append("Broken", stream="Account-2")
    follow("one")
    follow("two", categories=["Other"])
    run()
    ParkedEvent.objects.filter(position=other).update(subscription="two")
    assert set(listed(admin_client, subscription__name__exact="one")) == {str(first), str(second)}
    assert listed(admin_client, subscription__name__exact="two") == [str(other)]
    assert set(listed(admin_client, status__exact="parked")) == {str(first), str(other)}
    assert listed(admin_client, status__exact="waiting") == [str(second)]
    assert listed(admin_client, q="Account-2") == [str(other)]
    assert listed(admin_client, q="Account") == []


def test_a_long_list_is_read_by_pages(admin_client: Client) -> None:
    positions = append("Broken", *["A"] * 70)
    follow()
    run()
    text = admin_client.get(PARKED).content.decode()
    (older,) = re.findall(r'<a href="([^"]*)" rel="next"', text)
    response = admin_client.get(PARKED + older.replace("&amp;", "&"))
    rest = re.findall(r'class="field-where"><a href="[^"]*">(\d+)<', response.content.decode())
    assert [int(position) for position in (*listed(admin_client), *rest)] == sorted(
        positions, key=lambda position: -ParkedEvent.objects.get(position=position).pk
    )
    assert len(rest) == 21


def test_a_list_asks_little_and_counts_nothing(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    parked("Account-1", *["A"] * 60)
    with django_assert_max_num_queries(7) as captured:
        admin_client.get(PARKED, {"status__exact": "waiting"})
    statements = [query["sql"] for query in captured.captured_queries]
    assert not any("COUNT(" in sql or "OFFSET" in sql or "DISTINCT" in sql for sql in statements), statements


def test_a_page_shows_the_traceback_the_payload_and_what_waits_behind(admin_client: Client) -> None:
    row = parked("Account-1", "A", "B", error="no account <b>7</b>")
    text = page(admin_client, row)
    assert "Traceback" in text
    assert "no account &lt;b&gt;7&lt;/b&gt;" in text
    assert '<bdi class="es-key">amount</bdi> <bdi class="es-string">&quot;5.00&quot;</bdi>' in text
    others = ParkedEvent.objects.exclude(pk=row.pk)
    assert all(f"{PARKED}{other.pk}/change/" in text for other in others)
    assert f"/admin/eventstore/event/{row.position}/change/" in text


def test_the_payload_is_for_those_who_may_see_events(client: Client) -> None:
    row = parked()
    client.force_login(user("view_parkedevent"))
    text = page(client, row)
    assert "amount" not in text
    assert "You may not see events." in text


def test_an_erased_event_is_told_as_such(admin_client: Client) -> None:
    row = parked()
    with erasure(reason="request 7", actor="ada") as door:
        door.remove(Event.objects.filter(pk=row.position))
    assert "The event was erased." in page(admin_client, row)


def test_a_hostile_subscription_and_stream_harm_nobody(admin_client: Client) -> None:
    row = parked('A"><script>alert(1)</script>\u2066-1')
    Subscription.objects.create(pk="<img src=x onerror=alert(1)>/..")
    ParkedEvent.objects.update(subscription="<img src=x onerror=alert(1)>/..")
    for text in (page(admin_client, row), admin_client.get(PARKED).content.decode()):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "\u2066" not in text


def test_nobody_changes_a_row_by_hand(admin_client: Client) -> None:
    row = parked()
    for address in ("add/", f"{row.pk}/change/", f"{row.pk}/delete/", f"{row.pk}/history/"):
        assert admin_client.post(PARKED + address, {"status": "discarded"}).status_code == 403
    assert ParkedEvent.objects.get().status == "parked"
