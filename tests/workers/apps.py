"""The app of these tests' subscribers. On demand it notes every query of every connection of its process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

QUERIES = "WORKERS_QUERIES"
"""Environment variable with the path of the file that gets a line for each query."""


class WorkersConfig(AppConfig):
    """The app."""

    name = "tests.workers"
    label = "workers"

    def ready(self) -> None:
        """Listen to each connection, of whichever thread."""
        if QUERIES in os.environ:
            connection_created.connect(_note_queries, dispatch_uid=QUERIES)


def _note_queries(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    connection.execute_wrappers.append(_note)


def _note(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
    with Path(os.environ[QUERIES]).open("a") as file:
        file.write(" ".join(sql.split())[:200] + "\n")
    return execute(sql, *arguments)
