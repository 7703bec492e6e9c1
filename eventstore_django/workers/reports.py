"""Telling people what a worker does: a line for each change of state."""

from __future__ import annotations

import logging
from collections.abc import Callable

logger = logging.getLogger("eventstore_django.subscriptions")


class Report:
    """Writes lines to the log, and to whoever else wants to hear them."""

    def __init__(self, listener: Callable[[str], None] | None = None) -> None:
        self._listener = listener

    def line(self, text: str) -> None:
        """Tell of a change of state."""
        logger.info(text)
        if self._listener is not None:
            self._listener(text)

    def progress(self, position: int, head: int) -> None:
        """Tell how far this worker's shards are, all together, and how far the log is, as often as shards."""
