"""The example's pages: the admin, and the event store's API."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("eventstore/", include("eventstore_django.api.urls")),
]
