"""A process that tells how long ``django.setup()`` took, in ms: ``python -m benchmarks.starter APP ...``."""

from __future__ import annotations

import sys
import time

import django
from django.conf import settings

_DATABASE = {"ENGINE": "django.db.backends.postgresql", "NAME": "never-connected"}


def main(apps: list[str]) -> None:
    """Set Django up with these apps beside those of users and content types."""
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *apps],
        DATABASES={"default": _DATABASE},
        USE_TZ=True,
    )
    start = time.perf_counter()
    django.setup()
    print(1000 * (time.perf_counter() - start))


if __name__ == "__main__":
    main(sys.argv[1:])
