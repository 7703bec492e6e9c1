"""A durable PostgreSQL of its own (or ``DATABASE_URL``), once with Django's defaults and once as recommended."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import gettempdir
from typing import Any

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
_FILES = Path(gettempdir()) / "eventstore-benchmarks"
# The last one only where there is a server to measure with.
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "files": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": _FILES},
}
if "REDIS_URL" in os.environ:
    CACHES["redis"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": os.environ["REDIS_URL"]}
USE_TZ = True
DEBUG = False
