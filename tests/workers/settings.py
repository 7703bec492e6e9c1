"""Settings of the processes that these tests start: few apps, and the subscribers of this directory.

What differs between them comes through the environment.
"""

from __future__ import annotations

import json
import os

from example_project.databases import database
from example_project.settings import *  # noqa: F403  # what is not said here is as in the example
from example_project.settings import BASE_DIR

DEBUG = bool(os.environ.get("WORKERS_DEBUG"))
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "eventstore_django",
    "tests.workers",
    *filter(None, [os.environ.get("WORKERS_APP")]),
]
MIDDLEWARE = []
ROOT_URLCONF = ""
DATABASES = {"default": {**database(BASE_DIR / ".pgdata-tests"), "DISABLE_SERVER_SIDE_CURSORS": True}}
EVENTSTORE = json.loads(os.environ.get("WORKERS_EVENTSTORE", "{}"))
