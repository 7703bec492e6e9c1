"""Which database: ``DATABASE_URL`` if it is set, else a PostgreSQL that starts by itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url


def database(directory: Path, **embedded: Any) -> dict[str, Any]:
    """Return the entry for ``DATABASES``; ``directory`` holds the data of the embedded server."""
    if os.environ.get("DATABASE_URL"):
        return dict(dj_database_url.config())
    return {"ENGINE": "eventstore_django.embedded", "NAME": "eventstore", "PGDATA": str(directory), **embedded}
