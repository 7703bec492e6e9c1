"""The operators' pages in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from playwright.sync_api import Page

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import ParkedEvent, Subscription, SubscriptionShard, Worker
from tests.concurrency.sessions import Session

from . import running
from .site import Site

SUBSCRIPTIONS = "/admin/eventstore/subscription/"
PARKED = "/admin/eventstore/parkedevent/"
OVERVIEW = "/admin/eventstore/overview/"
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7|add:7 }}\u202e'


def pages() -> dict[str, str]:
    row = ParkedEvent.objects.get(status="parked").pk
    return {
        "overview": OVERVIEW,
        "subscriptions": SUBSCRIPTIONS,
        "subscription": f"{SUBSCRIPTIONS}balances/change/",
        "subscription-stopped": f"{SUBSCRIPTIONS}audit/change/",
        "subscription-reset": f"{SUBSCRIPTIONS}balances/reset/",
        "subscription-rebuild": f"{SUBSCRIPTIONS}balances/rebuild/",
        "parked-events": PARKED,
        "parked-event": f"{PARKED}{row}/change/",
        "parked-event-discard": f"{PARKED}{row}/discard/",
    }


NAMES = [
    "overview",
    "subscriptions",
    "subscription",
    "subscription-stopped",
    "subscription-reset",
    "subscription-rebuild",
    "parked-events",
    "parked-event",
    "parked-event-discard",
]

HEIGHTS = {
    "subscription-reset": 580,
    "subscription-rebuild": 580,
    "parked-event-discard": 580,
    "subscriptions": 640,
    "parked-events": 640,
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_for_everybody_in_either_theme(site: Site, name: str, theme: str) -> None:
    running.fill()
    site.theme(theme)
    site.open(pages()[name])
    assert site.page.locator("h1").first.is_visible()
    assert site.accessibility_faults() == []
    if theme == "light" and name != "overview":
        site.picture(f"admin-{name}", HEIGHTS.get(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_a_phone(site: Site, name: str) -> None:
    running.fill()
    site.phone()
    site.open(pages()[name])
    assert not site.is_wider_than_the_window()
    assert site.accessibility_faults() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_overview_tells_who_holds_the_watermark_back(site: Site, theme: str) -> None:
    running.fill()
    writer = Session()
    try:
        writer.sql("SET application_name = 'nightly import'")
        writer.begin()
        writer.run(EventStore().append, "Slow-1", [NewEvent("Noted", {})])
        EventStore().append("Fast-1", [NewEvent("Noted", {})])
        site.theme(theme)
        site.open(OVERVIEW)
        assert site.page.get_by_text(f"process {writer.pid}").is_visible()
        assert site.page.get_by_text("nightly import").is_visible()
        site.picture("admin-overview" if theme == "light" else "admin-overview-dark")
    finally:
        writer.close()


@pytest.mark.parametrize("name", ["subscriptions", "subscription"])
def test_lines_are_lines_in_the_colours_of_the_theme(site: Site, name: str) -> None:
    running.fill()
    page = site.open(pages()[name])
    found = page.locator(".es-line polyline").first.evaluate(
        "line => [getComputedStyle(line).fill, getComputedStyle(line).stroke, getComputedStyle(line).strokeWidth]"
    )
    assert (found[0], found[2]) == ("none", "2px")
    assert found[1] not in ("none", "rgb(0, 0, 0)")


@pytest.mark.parametrize("name", ["subscriptions", "parked-events"])
def test_a_list_is_not_cut_off(site: Site, name: str) -> None:
    running.fill()
    page = site.open(pages()[name])
    assert page.locator("#changelist .results").evaluate("list => list.scrollWidth <= list.clientWidth")


def test_a_subscription_is_paused_and_resumed_by_the_keyboard(site: Site) -> None:
    running.fill()
    site.open(f"{SUBSCRIPTIONS}balances/change/")
    press(site.page, "Pause")
    press(site.page, "Pause")
    assert site.page.get_by_text("balances is paused.").first.is_visible()
    assert Subscription.objects.get(pk="balances").status == "paused"
    press(site.page, "Resume")
    press(site.page, "Resume")
    assert Subscription.objects.get(pk="balances").status == "running"
    assert LogEntry.objects.count() == 2
    assert site.page.locator(".es-entries li").count() == 2


def press(page: Page, name: str) -> None:
    """Go to a button or a link of this name with the tabulator, and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.closest('#content-main') && document.activeElement.innerText")
        if label == name:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to {name} by the keyboard")


def test_a_subscription_is_reset_when_its_name_was_typed(site: Site) -> None:
    running.fill()
    page = site.open(f"{SUBSCRIPTIONS}balances/reset/")
    page.get_by_label("Name of the subscription").fill("balance")
    page.get_by_role("button", name="Reset").click()
    assert page.get_by_text("This is not the name of this subscription.").is_visible()
    assert site.accessibility_faults() == []
    page.get_by_label("Name of the subscription").fill("balances")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_url("**/change/")
    positions = SubscriptionShard.objects.filter(subscription="balances").values_list("position", flat=True)
    assert set(positions) == {0}


def test_a_parked_stream_is_retried(site: Site) -> None:
    running.fill()
    page = site.open(PARKED)
    page.locator("#result_list tbody tr", has_text="parked").locator("th a, td a").first.click()
    page.get_by_role("link", name="Retry the whole stream").click()
    page.get_by_role("button", name="Retry the whole stream").click()
    page.wait_for_url("**/change/")
    assert ParkedEvent.objects.filter(status="retrying").count() == 1


def test_a_parked_event_is_discarded_with_a_reason(site: Site) -> None:
    running.fill()
    page = site.open(pages()["parked-event-discard"])
    page.get_by_label("Reason").fill(HOSTILE)
    page.get_by_role("button", name="Discard").click()
    page.wait_for_url("**/change/")
    row = ParkedEvent.objects.get(status="discarded")
    assert row.reason == HOSTILE
    assert page.get_by_text("<img src=x onerror=alert(1)>").first.is_visible()
    assert page.locator("img").count() == 0
    assert site.accessibility_faults() == []


@pytest.mark.parametrize("name", ["overview", "subscriptions", "subscription", "parked-events", "parked-event"])
def test_what_strangers_wrote_is_shown_and_never_run(site: Site, name: str) -> None:
    running.fill()
    clean = HOSTILE.replace("\u202e", "")
    everywhere: dict[str, Any] = {"error": HOSTILE, "stream_id": f"A{HOSTILE}", "event_type": clean, "reason": HOSTILE}
    ParkedEvent.objects.update(**everywhere)
    Subscription.objects.update(last_error=HOSTILE, settings={HOSTILE: [HOSTILE]})
    Worker.objects.update(name=HOSTILE, subscriptions=[HOSTILE, "balances"])
    EventStore().append(f"{clean}-1", [NewEvent(clean, {"a": HOSTILE})])
    page = site.open(pages()[name])
    assert page.get_by_text("<script>alert(2)</script>{{ 7|add:7 }}").first.is_visible()
    assert page.locator("img[src=x]").count() == 0
    assert "\u202e" not in page.content()
    assert not site.is_wider_than_the_window()
