"""The example's pages: the admin, the event store's API, its OpenAPI document and a page to try it with."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

urlpatterns = [
    path("admin/", admin.site.urls),
    # Before the API: what is under its address and nothing of it is answered by it, as not found.
    path("api-schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api-docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("eventstore/", include("eventstore_django.api.urls")),
]
