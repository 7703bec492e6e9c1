"""Every legal name of a stream is reached by a click, whatever it holds."""

from __future__ import annotations

import pytest

from eventstore_django import EventStore, NewEvent

from .site import Site

NAMES = [
    ".",
    "..",
    "...",
    "../..",
    "/",
    "//",
    "a//b",
    "a/./b/../c",
    "/leading",
    "trailing/",
    "tenant-1/Account/1",
    "100%",
    "%2e%2e",
    "%2F",
    "_2E",
    "_",
    "_5F",
    " spaces at both ends ",
    "a?b=c&d#e",
    "a+b",
    "back\\slash",
    'quo"te',
    "it's",
    "semi;colon",
    "add",
    "x/change",
    "change/",
    "history",
    "état/Überweisung/ß",
    "日本/口座/一",
    "\U0001f600-1",
    "x" * 255,
    "\U0001f600" * 255,
]


def test_a_click_leads_to_the_stream_and_back_to_its_events(site: Site) -> None:
    for name in NAMES:
        EventStore().append(name, [NewEvent("Noted", {"name": name})])
    site.open("/admin/eventstore/stream/")
    links = site.page.locator("#result_list tbody a")
    assert links.count() == len(NAMES)
    addresses = [links.nth(number).evaluate("link => link.href") for number in range(len(NAMES))]
    for name, address in zip(sorted(NAMES), addresses, strict=True):
        site.page.goto(address)
        assert site.page.locator(".es-timeline li").count() == 1, name
        assert site.page.locator("#es-state .es-json .es-string").first.text_content() == f'"{_escaped(name)}"'
        site.page.goto(site.page.locator(".es-type-link").evaluate("link => link.href"))
        back = site.page.locator("h1 a").evaluate("link => link.href")
        assert back == address, name


@pytest.mark.parametrize("name", [".", "..", "a/../b", "100%"])
def test_the_slider_works_in_streams_of_any_name(site: Site, name: str) -> None:
    EventStore().append(name, [NewEvent("Opened", {"n": 1}), NewEvent("Closed", {"n": 2})])
    site.open("/admin/eventstore/stream/")
    site.page.locator("#result_list tbody a").click()
    site.page.locator("#es-version").focus()
    with site.page.expect_response(lambda answer: "/state/" in answer.url) as answered:
        site.page.keyboard.press("ArrowLeft")
    assert answered.value.status == 200
    site.page.wait_for_selector("[data-es-step] >> text=Opened")


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')
