"""Dropping what was erased: it must go from the caches too, not only from what is read."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.conf import settings

from .. import conf
from .chunks import chunk_of
from .shelves import Shelf


def drop_erased(sender: Any, *, erasure_id: int, using: str, **kwargs: Any) -> None:
    """Remove the chunks with erased events from every cache of ``CACHES``: a receiver of ``events_erased``.

    From every one, since this process need not be one that reads through a cache.
    """
    lines = apps.get_model("eventstore", "ErasedEvent")._base_manager.using(using).filter(erasure_id=erasure_id)
    events = lines.values_list("stream_id", "event_version").iterator(chunk_size=1000)
    size = conf.cache_chunk_size()
    chunks = defaultdict[str, set[int]](set)
    for stream_id, version in events:
        chunks[stream_id].add(chunk_of(version, size))
    for stream_id, numbers in chunks.items():
        for cache in settings.CACHES:
            Shelf.of(cache, using, stream_id).drop(numbers)
