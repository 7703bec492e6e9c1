"""Settings of the test suite: those of the example, on PostgreSQL as ``default`` with SQLite beside it."""

from __future__ import annotations

import os
from pathlib import Path

from example_project.databases import database
from example_project.settings import *  # noqa: F403  # the same apps, middleware and templates
from example_project.settings import BASE_DIR

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tests need no durability: a crash costs a run, not events.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_prepared_transactions": "20"}
# In memory (TEST_PGDATA=/dev/shm/...) the tables of a test are emptied ten times as fast as on a disk.
_PGDATA = Path(os.environ.get("TEST_PGDATA", BASE_DIR / ".pgdata-tests"))
DATABASES = {
    "default": database(_PGDATA, SERVER_SETTINGS=_FAST),
    "sqlite": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "TEST": {"DEPENDENCIES": []}},
}
