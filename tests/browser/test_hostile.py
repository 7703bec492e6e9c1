"""Whatever a writer puts into an event: none of it runs, none of it breaks out, none of it is invisible."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from eventstore_django import AggregateSnapshot, EventStore, NewEvent
from eventstore_django.admin.quoting import quoted
from eventstore_django.erasure import erasure
from eventstore_django.models import Event, Snapshot

from . import hostile
from .site import Site

FOREIGN = (
    "script:not([src]), iframe, object, embed, base, marquee, math, b, meta[http-equiv], [style], [onerror], [onload], "
    "[onfocus], [onclick], [onmouseover], [ontoggle], [onbegin], [autofocus], img[src=x], link[href*=invalid], "
    "form[action*=invalid], a[href^='javascript' i], a[href^='data' i], a[href*='//example']"
)


def _event(text: str) -> NewEvent:
    metadata: dict[str, Any] = {
        "correlation_id": text,
        "causation_id": text,
        "user": text,
        "request_id": text,
        text: text,
    }
    return NewEvent(text[:100], {text: text, "list": [text, {text: [text]}], "long": text * 20}, metadata=metadata)


def _check(site: Site) -> None:
    page = site.page
    assert page.evaluate("window.owned") is None
    assert page.locator(FOREIGN).count() == 0
    assert re.findall(hostile.HIDDEN, page.content()) == []
    assert page.url.startswith(site.url)


@pytest.mark.parametrize("kind", hostile.STRINGS)
def test_an_event_and_its_stream_show_texts_as_texts(site: Site, kind: str) -> None:
    for text in hostile.STRINGS[kind]:
        event = EventStore().append(text, [_event(text)]).events[0]
        site.open(f"/admin/eventstore/event/{event.position}/change/")
        _check(site)
        assert site.page.locator("#content h1 a").count() == 1
        site.open(f"/admin/eventstore/stream/{quoted(text)}/change/")
        _check(site)
        assert site.page.locator(".es-timeline li").count() == 1


def test_lists_correlations_and_snapshots_show_texts_as_texts(site: Site) -> None:
    EventStore().append("Erased-1", [NewEvent(text[:100], {}) for text in hostile.ALL])
    for text in hostile.ALL:
        metadata = {"correlation_id": hostile.ALL[0], "user": text}
        EventStore().append(text, [NewEvent(text[:100], {text: text}, metadata=metadata)])
        EventStore().save_snapshot(AggregateSnapshot(text, text, 1, {t: [t] for t in hostile.ALL}, stream_id=text))
        with erasure(reason=text, actor=text) as door:
            door.remove(Event.objects.filter(stream="Erased-1", event_type=text[:100]))
    snapshot = Snapshot.objects.order_by("pk").last()
    assert snapshot is not None
    for address in (
        "event/",
        "event/?_last=1",
        "event/?event_type=%3Cscript%3Ewindow.owned%3D1%3C/script%3E",
        "event/?stored_from=%3Cscript%3Ewindow.owned%3D1%3C/script%3E",
        "event/?q=%22%3E%3Cimg src=x onerror=window.owned=1%3E",
        "event/correlation/?id=%3Cscript%3Ewindow.owned%3D1%3C/script%3E",
        "stream/",
        "stream/?_last=1",
        "snapshot/",
        "snapshot/?_last=1",
        f"snapshot/{snapshot.pk}/change/",
        "erasure/",
        "erasure/?_last=1",
        "erasedevent/",
        "erasedevent/?_last=1",
        "stream/Erased-1/change/",
    ):
        site.open(f"/admin/eventstore/{address}")
        _check(site)
    site.open("/admin/eventstore/event/correlation/?id=%3Cscript%3Ewindow.owned%3D1%3C/script%3E")
    assert site.page.locator(".es-bar").count() == len(hostile.ALL)


def test_the_slider_shows_texts_as_texts(site: Site) -> None:
    for text in hostile.ALL:
        EventStore().append("Hostile-1", [_event(text)])
    site.open("/admin/eventstore/stream/Hostile-1/change/")
    for version in range(1, len(hostile.ALL) + 1, 3):
        with site.page.expect_response(lambda answer: "/state/" in answer.url):
            site.page.evaluate(
                "v => { const s = document.querySelector('#es-version');"
                " s.value = v; s.dispatchEvent(new Event('input', {bubbles: true})); }",
                version,
            )
        expect(site.page.locator("[data-es-step]")).not_to_have_attribute("aria-busy", "true")
        _check(site)


def test_what_is_hidden_is_named(site: Site) -> None:
    event = EventStore().append("user\u202egnp.exe", [_event("user\u202egnp.exe")]).events[0]
    page = site.open(f"/admin/eventstore/event/{event.position}/change/")
    assert page.locator("h1 .es-hidden").first.text_content() == "U+202E"
    assert page.locator("h1 .es-hidden").first.get_attribute("title") == "right-to-left override"
    assert page.locator(".es-json .es-hidden").first.text_content() == "\\u202e"
    assert "[U+202E]" in page.title()
    for theme in ("light", "dark"):
        site.theme(theme)
        page.reload()
        assert site.accessibility_faults() == []


def test_copied_json_is_the_payload_itself(site: Site) -> None:
    for text in hostile.ALL:
        EventStore().append("Hostile-1", [_event(text)])
    for event in Event.objects.order_by("position")[::9]:
        page = site.open(f"/admin/eventstore/event/{event.position}/change/")
        parsed = page.evaluate("JSON.parse(document.getElementById('es-payload-text').textContent)")
        assert parsed["long"] == event.payload["long"]
        assert parsed["list"] == event.payload["list"]
