"""The door for test databases: Django empties their tables after a ``TransactionTestCase``.

The guard against it is taken out of a database when two things are true: Django's test runner has set
up its environment, and the database is the one that the runner made. In production neither is, and
the guard that stands there has no door at all.
"""

from __future__ import annotations

import sys
from typing import Any

from django.db import connections

from .backends import BACKENDS, backend_for


def allow_flush_in_tests(*, using: str, **kwargs: Any) -> None:
    """Run after a migration: let tests empty the events, if this is a database made for tests."""
    # The signal comes for every database of the project, whatever lies in it.
    if not _under_test_runner() or connections[using].vendor not in BACKENDS:
        return
    backend = backend_for(using)
    if backend.is_test_database() and backend.is_migrated():
        backend.allow_flush()


def _under_test_runner() -> bool:
    # setup_test_environment() keeps there what it will put back. Not imported: production never needs it.
    utils = sys.modules.get("django.test.utils")
    return hasattr(getattr(utils, "_TestState", None), "saved_data")
