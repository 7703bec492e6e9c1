"""Errors of the embedded server."""

from __future__ import annotations


class EmbeddedServerError(RuntimeError):
    """The embedded PostgreSQL server could not be prepared, started or reached."""
