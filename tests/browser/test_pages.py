from __future__ import annotations

import pytest

from eventstore_django import EventStore, NewEvent

from .site import Site

PAGES = ["event", "stream", "snapshot", "erasure", "erasedevent"]


@pytest.mark.parametrize("page", PAGES)
def test_a_list_opens_without_a_complaint(site: Site, page: str) -> None:
    EventStore().append("Account-1", [NewEvent("AccountOpened", {"owner": "Ada"})])
    site.open(f"/admin/eventstore/{page}/")
    assert site.page.locator("#changelist").is_visible()
    assert site.accessibility_faults() == []
