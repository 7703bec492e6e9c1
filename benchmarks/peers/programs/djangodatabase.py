"""The entry for ``DATABASES`` of the contenders that are Django apps."""

from __future__ import annotations

from typing import Any

from .serving import Configuration


def database(configuration: Configuration) -> dict[str, Any]:
    """Return the plain entry, without options."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": configuration.dbname,
        "HOST": configuration.host,
        "PORT": configuration.port,
        "USER": configuration.user,
        "PASSWORD": configuration.password,
    }
