"""Connections that turn out to be gone when they are needed."""

from __future__ import annotations

from collections.abc import Callable

from django.db import Error, connections

from ..backends import backend_for


def with_new_connection(alias: str, action: Callable[[], object]) -> None:
    """Do something that may be done twice; if the connection was gone, do it again with a new one."""
    try:
        action()
    except Error:
        if connections[alias].in_atomic_block or backend_for(alias).is_connected():
            raise
        connections[alias].close()
        action()
