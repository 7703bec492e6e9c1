"""``path("eventstore/", include("eventstore_django.api.urls"))``."""

from __future__ import annotations

from django.urls import path

from .events import EventListView, EventView
from .streamevents import StreamEventsView
from .streams import StreamDetailView, StreamListView

app_name = "eventstore"

urlpatterns = [
    path("events/", EventListView.as_view(), name="events"),
    path("events/<int:position>/", EventView.as_view(), name="event"),
    path("events/<uuid:event_id>/", EventView.as_view(), name="event-by-id"),
    path("streams/", StreamListView.as_view(), name="streams"),
    # <path:>, since names may hold slashes; names that a URL can't carry are for the query and the body. The longer
    # route first: what ends in events/ is the events of a stream.
    path("streams/<path:stream_id>/events/", StreamEventsView.as_view(), name="stream-events"),
    path("streams/<path:stream_id>/", StreamDetailView.as_view(), name="stream"),
]
