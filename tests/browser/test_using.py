"""The pages as they are used: by keyboard, with a click, and without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from eventstore_django import EventStore, NewEvent

from .site import Site


def _write(*payloads: dict[str, Any], stream: str = "Note-1") -> list[int]:
    result = EventStore().append(stream, [NewEvent("Noted", payload) for payload in payloads])
    return [event.position for event in result.events]


def test_the_keyboard_moves_through_the_versions(site: Site) -> None:
    _write({"n": 1}, {"n": 2}, {"n": 3})
    page = site.open("/admin/eventstore/stream/Note-1/change/")
    slider, number = page.get_by_role("slider"), page.locator("[data-es-step] .es-number")
    slider.focus()
    for key, version in (("ArrowLeft", "2"), ("Home", "1"), ("End", "3")):
        page.keyboard.press(key)
        expect(number).to_have_text(version)
        expect(page.locator(".es-slide output")).to_have_text(version)
        expect(page.locator(".es-current .es-version")).to_have_text(version)
        page.wait_for_url(f"**/change/?version={version}")


def test_a_click_on_a_version_shows_its_state_in_place(site: Site) -> None:
    _write({"n": 1}, {"n": 2}, {"n": 3})
    page = site.open("/admin/eventstore/stream/Note-1/change/")
    page.evaluate("window.still = true")
    page.get_by_label("State at version 1", exact=True).click()
    expect(page.locator("[data-es-step] .es-number")).to_have_text("1")
    assert page.evaluate("window.still")


def test_the_answer_to_the_last_question_stays(site: Site) -> None:
    _write({"n": 1}, {"n": 2}, {"n": 3})
    page = site.open("/admin/eventstore/stream/Note-1/change/")
    held: list[Route] = []
    page.route("**/state/?version=2", lambda route: held.append(route))
    page.get_by_role("slider").focus()
    with page.expect_request("**/state/?version=2"):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-es-step] .es-number")).to_have_text("1")
    with page.expect_response("**/state/?version=2"):
        held[0].continue_()
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert page.locator("[data-es-step] .es-number").text_content() == "1"


def test_a_click_copies_the_json(site: Site) -> None:
    site.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    position = _write({"text": "a\u202eb", "list": [1, 2]})[0]
    page = site.open(f"/admin/eventstore/event/{position}/change/")
    page.get_by_role("button", name="Copy JSON").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText().then(JSON.parse)")
    assert copied == {"text": "a\u202eb", "list": [1, 2]}


def test_a_tree_folds_and_unfolds(site: Site) -> None:
    position = _write({"a": {"b": {"c": 1}}, "list": [[1], [2]]})[0]
    page = site.open(f"/admin/eventstore/event/{position}/change/")
    for button, state in (("Collapse all", 0), ("Expand all", 5)):
        page.get_by_role("button", name=button).click()
        assert page.locator(".es-json details[open]").count() == state


def test_a_search_by_keyboard_goes_to_the_event(site: Site) -> None:
    position = _write({"n": 1})[0]
    page = site.open("/admin/eventstore/event/")
    page.get_by_role("searchbox").last.fill(str(position))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/event/{position}/change/")


def test_every_bar_of_a_correlation_is_reached_by_the_tab_key(site: Site) -> None:
    metadata = {"correlation_id": "c"}
    EventStore().append("Note-1", [NewEvent("Noted", {}, metadata=metadata) for _ in range(3)])
    page = site.open("/admin/eventstore/event/correlation/?id=c")
    page.locator(".es-scroll").first.focus()
    for number in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "number => document.activeElement === document.querySelectorAll('.es-bar')[number]", number
        )
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")


@pytest.mark.parametrize("query", ["?version=1", "?version=2&since=0"])
def test_everything_works_without_scripts(site: Site, browser: Browser, query: str) -> None:
    _write({"n": 1}, {"n": 2})
    version = query[9]
    context = browser.new_context(java_script_enabled=False, storage_state=site.page.context.storage_state())
    page = context.new_page()
    page.goto(f"{site.url}/admin/eventstore/stream/Note-1/change/{query}")
    expect(page.locator("[data-es-step] .es-number")).to_have_text(version)
    page.get_by_role("button", name="Show").click()
    assert f"version={version}" in page.url
    expect(page.locator("[data-es-step] .es-number")).to_have_text(version)
    context.close()
