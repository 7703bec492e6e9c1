"""Which types of events a log holds, without reading the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .distinct import distinct_values

if TYPE_CHECKING:
    from .base import Backend

MOST = 1000
"""Types that are returned: a log with more of them names its types after data."""


def stored_event_types(backend: Backend) -> list[str]:
    """Return the types of the stored events, in one query, in the order of their code points."""
    return distinct_values(backend, "event_type", MOST)
