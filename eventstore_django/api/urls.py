"""``path("eventstore/", include("eventstore_django.api.urls"))``."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.urls import path, re_path, register_converter

from .batches import BatchView
from .events import EventListView, EventView
from .kinds import CategoryListView, EventTypeListView
from .notfound import NotFoundView
from .parked import DiscardView, ParkedEventListView, RetryView
from .paths import NameConverter
from .snapshots import SnapshotListView
from .stats import StatsView
from .streamevents import StreamEventsView
from .streams import StreamDetailView, StreamListView
from .subscriptions import PauseView, ResetView, ResumeView, SubscriptionDetailView, SubscriptionListView

app_name = "eventstore"

register_converter(NameConverter, "eventstore_name")

if apps.is_installed("drf_spectacular"):
    # The document of the API is made with an extra, which the API itself does without.
    import_module(".schema", __package__)

urlpatterns = [
    path("events/", EventListView.as_view(), name="events"),
    path("events/<str:key>/", EventView.as_view(), name="event"),
    path("streams/", StreamListView.as_view(), name="streams"),
    # Names may hold slashes; those that a URL can't carry are for the query and the body. The longer route first: what
    # ends in events/ is the events of a stream.
    path("streams/<eventstore_name:stream_id>/events/", StreamEventsView.as_view(), name="stream-events"),
    path("streams/<eventstore_name:stream_id>/", StreamDetailView.as_view(), name="stream"),
    path("batch/", BatchView.as_view(), name="batch"),
    path("snapshots/", SnapshotListView.as_view(), name="snapshots"),
    path("categories/", CategoryListView.as_view(), name="categories"),
    path("event-types/", EventTypeListView.as_view(), name="event-types"),
    path("stats/", StatsView.as_view(), name="stats"),
    path("subscriptions/", SubscriptionListView.as_view(), name="subscriptions"),
    path("subscriptions/<eventstore_name:name>/pause/", PauseView.as_view(), name="subscription-pause"),
    path("subscriptions/<eventstore_name:name>/resume/", ResumeView.as_view(), name="subscription-resume"),
    path("subscriptions/<eventstore_name:name>/reset/", ResetView.as_view(), name="subscription-reset"),
    path("subscriptions/<eventstore_name:name>/", SubscriptionDetailView.as_view(), name="subscription"),
    path("parked-events/", ParkedEventListView.as_view(), name="parked-events"),
    path("parked-events/<int:parked_id>/retry/", RetryView.as_view(), name="parked-event-retry"),
    path("parked-events/<int:parked_id>/discard/", DiscardView.as_view(), name="parked-event-discard"),
    # With a slash at the end, so that Django still adds one that is missing.
    re_path(r"^(?P<rest>(?s:.*))/$", NotFoundView.as_view()),
]
