"""The pages with a realistic history, in both themes and on a phone; with ``--pictures`` those of the documentation."""

from __future__ import annotations

import pytest

from eventstore_django.aggregates.registry import registry
from eventstore_django.models import Event, Snapshot

from . import showcase
from .site import Site

pytestmark = pytest.mark.django_db(transaction=True, reset_sequences=True)

PAGES = ["events", "event", "correlation", "streams", "stream", "compare", "snapshots", "snapshot"]
PICTURES = [
    "admin-events",
    "admin-event",
    "admin-correlation",
    "admin-streams",
    "admin-stream",
    "admin-stream-dark",
    "admin-stream-phone",
    "admin-snapshot",
]
"""Those that docs/admin.md shows."""


@pytest.fixture
def story(db: None, monkeypatch: pytest.MonkeyPatch) -> showcase.Story:
    monkeypatch.setattr(registry, "_classes", [showcase.Account])
    return showcase.tell_everything()


def _address(page: str) -> str:
    placed = Event.objects.filter(event_type="OrderPlaced").order_by("position")[0].pk
    snapshot = Snapshot.objects.order_by("pk")[1].pk
    return (
        "/admin/eventstore/"
        + {
            "events": "event/",
            "event": f"event/{placed}/change/",
            "correlation": f"event/correlation/?id={showcase.TRANSFER}",
            "streams": "stream/",
            "stream": "stream/Account-1001/change/?version=6",
            "compare": "stream/Account-1001/change/?version=7&since=2",
            "snapshots": "snapshot/",
            "snapshot": f"snapshot/{snapshot}/change/",
        }[page]
    )


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_everybody_can_use_the_page(site: Site, page: str, look: str) -> None:
    site.theme(look)
    site.fold_menu()
    if look == "phone":
        site.phone()
    site.open(_address(page))
    name = f"admin-{page}" if look == "light" else f"admin-{page}-{look}"
    if name in PICTURES:
        site.picture(name, height=838 if page == "events" else None)
    assert site.accessibility_faults() == []
    assert not site.is_wider_than_the_window()
