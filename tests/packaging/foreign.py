"""Settings of somebody else's project: the event store's tables go to a database of their own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url

SECRET_KEY = "foreign"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "foreign_urls"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "eventstore_django",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).with_name("default.sqlite3")},
    "events": dj_database_url.parse(os.environ["EVENTS_URL"]),
}
DATABASE_ROUTERS = ["foreign.EventsRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


class EventsRouter:
    """Send the event store, and nothing else, to ``events``."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "events" if model._meta.app_label == "eventstore" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == "events") == (app_label == "eventstore")
