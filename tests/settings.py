"""Settings of the test suite: those of the example, on PostgreSQL as ``default`` with SQLite beside it."""

from __future__ import annotations

from example_project.databases import database
from example_project.settings import *  # noqa: F403  # the same apps, middleware and templates
from example_project.settings import BASE_DIR

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tests need no durability: a crash costs a run, not events.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_prepared_transactions": "20"}
DATABASES = {
    "default": database(BASE_DIR / ".pgdata-tests", SERVER_SETTINGS=_FAST),
    "sqlite": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "TEST": {"DEPENDENCIES": []}},
}
