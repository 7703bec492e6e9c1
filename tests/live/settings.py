"""Settings of the servers that these tests start; what differs between them comes through the environment."""

from __future__ import annotations

import json
import os

from tests.settings import *  # noqa: F403  # as the tests'
from tests.settings import DATABASES as _ALL
from tests.settings import MIDDLEWARE as _MIDDLEWARE

# What would keep connections open.
DATABASES = {"default": {**_ALL["default"], "CONN_MAX_AGE": 600}}
SESSION_SAVE_EVERY_REQUEST = True
MIDDLEWARE = ["tests.live.noting.note_last_event_id", "django.middleware.gzip.GZipMiddleware", *_MIDDLEWARE]
EVENTSTORE = json.loads(os.environ.get("LIVE_EVENTSTORE", "{}"))
