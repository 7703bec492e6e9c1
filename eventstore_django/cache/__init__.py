"""Reads of streams that keep their closed ranges in Django's cache: what can't change is not read twice."""

from __future__ import annotations

from .erasures import drop_erased
from .store import CachedEventStore

__all__ = ["CachedEventStore", "drop_erased"]
