"""Every route with what is asked of it in the tests that hold for all of them; one that is missing here is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PREFIX = "/eventstore/"
EVENT = {"event_type": "Noted", "payload": {"text": "a"}}


@dataclass(frozen=True, slots=True)
class Route:
    """A route: an address on it, the permission that POST needs, a body that it takes."""

    name: str
    address: str
    post: str | None = None
    body: dict[str, Any] = field(default_factory=dict)
    get: bool = True

    @property
    def url(self) -> str:
        return PREFIX + self.address


ROUTES = [
    Route("events", "events/"),
    Route("event", "events/1/"),
    Route("event", "events/018f0000-0000-7000-8000-000000000000/"),
    Route("streams", "streams/"),
    Route("stream", "streams/Account-1/"),
    Route("stream-events", "streams/Account-1/events/", "add_event", {"events": [EVENT]}),
    Route("batch", "batch/", "add_event", {"operations": [{"stream_id": "Account-1", "events": [EVENT]}]}, get=False),
    Route("snapshots", "snapshots/"),
    Route("categories", "categories/"),
    Route("event-types", "event-types/"),
    Route("stats", "stats/"),
    Route("subscriptions", "subscriptions/"),
    Route("subscription", "subscriptions/totals/"),
    Route("subscription-pause", "subscriptions/totals/pause/", "change_subscription", get=False),
    Route("subscription-resume", "subscriptions/totals/resume/", "change_subscription", get=False),
    Route("subscription-reset", "subscriptions/totals/reset/", "change_subscription", get=False),
    Route("parked-events", "parked-events/"),
    Route("parked-event-retry", "parked-events/1/retry/", "change_subscription", get=False),
    Route("parked-event-discard", "parked-events/1/discard/", "change_subscription", {"reason": "no"}, get=False),
]
READABLE = [route for route in ROUTES if route.get]
WRITABLE = [route for route in ROUTES if route.post]
EXEMPT = {"events-live"}
"""Routes that have tests of their own for all of this."""
