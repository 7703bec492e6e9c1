"""``path("eventstore/", include("eventstore_django.api.urls"))``."""

from __future__ import annotations

from django.db.transaction import non_atomic_requests
from django.urls import path

from .live.views import LiveView
from .views import EventListView, EventView, StreamEventsView

app_name = "eventstore"

urlpatterns = [
    path("events/", EventListView.as_view(), name="events"),
    # A feed lasts: no transaction around it, whatever ATOMIC_REQUESTS says.
    path("events/live/", non_atomic_requests(LiveView.as_view()), name="events-live"),
    path("events/<int:position>/", EventView.as_view(), name="event"),
    path("events/<uuid:event_id>/", EventView.as_view(), name="event-by-id"),
    # <path:>, since names may hold slashes; names that a URL can't carry are for the query and the body.
    path("streams/<path:stream_id>/events/", StreamEventsView.as_view(), name="stream-events"),
]
