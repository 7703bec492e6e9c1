"""A durable PostgreSQL of its own (or ``DATABASE_URL``), once with Django's defaults and once as recommended."""

from __future__ import annotations

from pathlib import Path

from example_project.databases import database

_DEFAULT = database(Path(__file__).resolve().parent.parent / ".pgdata-benchmarks")
# docs/databases.md recommends these; Django turns the preparing of statements off by default.
_PREPARED = {"server_side_binding": True, "prepare_threshold": 1}

SECRET_KEY = "benchmarks"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "eventstore_django"]
DATABASES = {
    "default": {**_DEFAULT, "NAME": "eventstore_benchmarks"} if "PGDATA" in _DEFAULT else _DEFAULT,
}
DATABASES["prepared"] = {**DATABASES["default"], "OPTIONS": {**DATABASES["default"].get("OPTIONS", {}), **_PREPARED}}
USE_TZ = True
DEBUG = False
