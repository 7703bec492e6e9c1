"""Settings of the server that the live feeds are measured on: the API, and sessions without a table."""

from __future__ import annotations

from .settings import *  # noqa: F403  # the same database
from .settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "rest_framework"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
ROOT_URLCONF = "eventstore_django.api.urls"
ALLOWED_HOSTS = ["127.0.0.1"]
EVENTSTORE = {"LIVE_CLIENTS_PER_USER": 1000}
