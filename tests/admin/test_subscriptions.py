"""The pages of subscriptions."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from eventstore_django.models import LogHead, Subscription

from .operating import NAME, SUBSCRIPTIONS, append, employ, follow, parked, row, run

pytestmark = pytest.mark.django_db


def page(client: Client, name: str = NAME) -> str:
    response = client.get(f"{SUBSCRIPTIONS}{name}/change/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_tells_how_each_is_doing(admin_client: Client) -> None:
    append("A", "B")
    follow(shards=2)
    follow("mails")
    run()
    employ(NAME, shards=1, name="host-7:12")
    append("C", "D", "E")
    Subscription.objects.filter(pk="mails").update(status="stopped", last_error="Traceback \n  at\nValueError: no <b>")
    text = admin_client.get(SUBSCRIPTIONS).content.decode()
    assert text.count('<td class="field-lag">3</td>') == 2
    assert "1 of 2" in text
    assert "es-state-stopped" in text
    assert "ValueError: no &lt;b&gt;" in text
    assert "<b>" not in text.split("result_list")[1]


def test_the_list_costs_no_more_for_more_subscriptions(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    append("A")
    for number in range(10):
        follow(f"of {number}")
    run()
    append("B")
    admin_client.get(SUBSCRIPTIONS)
    with django_assert_max_num_queries(16):
        admin_client.get(SUBSCRIPTIONS)


def test_a_page_shows_shards_with_their_owners(admin_client: Client) -> None:
    follow(shards=3)
    run()
    employ(NAME, shards=2, name="host-7:12")
    text = page(admin_client)
    assert text.count("host-7:12") == 2
    assert text.count("nobody") == 1


def test_a_page_shows_the_lag_of_the_last_minutes(admin_client: Client) -> None:
    follow(shards=2)
    run()
    assert "Nothing is noted yet" in page(admin_client)
    samples = {NAME: [[1000 + 15 * n, n, 10 * n, 5] for n in range(9)]}
    LogHead.objects.create(pk=LogHead.SAMPLES, samples=samples)
    text = page(admin_client)
    assert "Lag over 2 min: from 5 to 80 positions, at most 80" in text
    assert text.count("<polyline") == 2
    assert "unknown" in text


def test_a_page_shows_the_whole_error(admin_client: Client) -> None:
    follow()
    run()
    Subscription.objects.update(last_error="Traceback <i>\n  File 1\nValueError: \u202eevil")
    text = page(admin_client)
    assert "Traceback &lt;i&gt;" in text
    assert "\u202e" not in text


def test_a_page_offers_what_has_an_effect_now(admin_client: Client) -> None:
    parked()
    assert actions(page(admin_client)) == ["pause", "retry-parked", "rebuild", "reset"]
    Subscription.objects.update(status="paused")
    assert actions(page(admin_client)) == ["resume", "retry-parked", "rebuild", "reset"]


def actions(text: str) -> list[str]:
    links = text.split('aria-label="Actions"')[1].split("</ul>")[0].split('href="')[1:]
    return [link.split('"')[0].rstrip("/").rsplit("/", 1)[-1] for link in links]


def test_what_is_declared_no_longer_says_so(admin_client: Client) -> None:
    Subscription.objects.create(name="old")
    assert "declared nowhere" in page(admin_client, "old")


def test_names_of_any_kind_reach_their_page(admin_client: Client) -> None:
    for name in ("a/b", "change", "..", "a b%2F_2F<i>", "pause/", "é"):
        Subscription.objects.create(name=name)
    text = admin_client.get(SUBSCRIPTIONS).content.decode()
    addresses = [part.split('"')[0] for part in text.split('class="field-name"><a href="')[1:]]
    assert len(addresses) == 6
    for address in addresses:
        assert admin_client.get(address).status_code == 200
        assert admin_client.post(address.removesuffix("change/") + "pause/").status_code == 302
    assert set(Subscription.objects.values_list("status", flat=True)) == {"paused"}


@pytest.mark.parametrize("address", ["nobody/change/", "%00/change/", "%00/pause/"])
def test_what_is_not_there_is_not_found(admin_client: Client, address: str) -> None:
    response = admin_client.get(SUBSCRIPTIONS + address)
    assert response.status_code == 404


def test_nobody_adds_changes_or_deletes_one_by_hand(admin_client: Client) -> None:
    follow()
    run()
    for address in ("add/", f"{NAME}/delete/", f"{NAME}/change/", f"{NAME}/history/"):
        assert admin_client.post(SUBSCRIPTIONS + address, {"status": "paused"}).status_code == 403
    assert row().status == "running"
