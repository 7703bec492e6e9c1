"""The pages with a realistic history, in both themes and on a phone; with ``--pictures`` those of the documentation."""

from __future__ import annotations

import pytest

from eventstore_django.models import Event

from . import showcase
from .site import Site


@pytest.fixture
def _story(db: None) -> showcase.Story:
    return showcase.tell_everything()


def _address(page: str) -> str:
    sent = Event.objects.get(event_type="TransferSent").position
    return {
        "events": "/admin/eventstore/event/",
        "event": f"/admin/eventstore/event/{sent}/change/",
        "correlation": f"/admin/eventstore/event/correlation/?id={showcase.TRANSFER}",
    }[page]


@pytest.mark.parametrize("page", ["events", "event", "correlation"])
@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_everybody_can_use_the_page(site: Site, _story: showcase.Story, page: str, look: str) -> None:
    site.theme(look)
    site.fold_menu()
    if look == "phone":
        site.phone()
    site.open(_address(page))
    site.picture(f"{page}-{look}", None if look == "phone" else 900)
    assert site.accessibility_faults() == []
    assert not site.is_wider_than_the_window()
