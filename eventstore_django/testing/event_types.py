"""Event types in an application's own tests: declared for one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..eventtypes.registry import registry


@contextmanager
def temporary_event_types() -> Iterator[None]:
    """Forget at the end of the block the event types and upcasters that were declared inside of it."""
    with registry.kept():
        yield
