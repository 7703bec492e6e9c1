"""The foreign project's URLs."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("eventstore/", include("eventstore_django.api.urls"))]
