"""Errors of a transfer, as a command tells them: in one line, without a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import Error

from ..exceptions import EventStoreError


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Raise CommandError for what can go wrong outside of the program: files, events, the database."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (EventStoreError, Error, OSError) as error:
        raise CommandError(" ".join(_reason(error).split())) from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error) or type(error).__name__
