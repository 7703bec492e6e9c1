"""Where chunks are kept: one of Django's caches, which may lose them, or be away, at any time."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pickle import HIGHEST_PROTOCOL, dumps
from typing import Self

from django.core.cache import caches
from django.db import connections

from .. import conf
from .chunks import FORMAT, Chunk

logger = logging.getLogger("eventstore_django.cache")

MAX_BYTES = 512 * 1024
"""A chunk above this is not kept: memcached takes a MiB, and large events cost as much to load as to read."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The chunks of one stream in one cache. A cache that fails is logged, and never fails a read."""

    cache: str
    names: str
    size: int

    @classmethod
    def of(cls, cache: str, using: str, stream_id: str) -> Self:
        """Return the shelf of a stream; one of the same name in another database has another."""
        names = f"{connections[using].settings_dict['NAME']}\0{stream_id}".encode()
        return cls(cache, blake2b(names, digest_size=16).hexdigest(), conf.cache_chunk_size())

    def found(self, numbers: Iterable[int]) -> dict[int, Chunk] | None:
        """Return those chunks that are there, in one round trip; None if the cache could not answer."""
        keys = {self._key(number): number for number in numbers}
        try:
            values = caches[self.cache].get_many(keys)
        except Exception:  # whatever a cache's driver raises, or unpickling: the database has it all
            logger.warning("The cache %r could not be read.", self.cache, exc_info=True)
            return None
        chunks = (Chunk.found(values[key], number, self.size) for key, number in keys.items() if key in values)
        return {chunk.number: chunk for chunk in chunks if chunk}

    def keep(self, chunks: Iterable[Chunk], timeout: float | None) -> bool:
        """Keep chunks, but for too large ones, until the timeout; return whether any was sent."""
        values = {self._key(chunk.number): chunk.stored() for chunk in chunks}
        values = {key: value for key, value in values.items() if len(dumps(value, HIGHEST_PROTOCOL)) <= MAX_BYTES}
        try:
            if values:
                caches[self.cache].set_many(values, timeout)
        except Exception:  # as above: what was read is right, kept or not
            logger.warning("The cache %r could not be written to.", self.cache, exc_info=True)
        return bool(values)

    def drop(self, numbers: Iterable[int]) -> None:
        """Remove chunks."""
        try:
            caches[self.cache].delete_many([self._key(number) for number in numbers])
        except Exception:  # as above: no read takes them any more, and they go with the timeout
            logger.warning("Erased events could not be dropped from the cache %r.", self.cache, exc_info=True)

    def _key(self, number: int) -> str:
        # Short and plain, whatever the names are.
        return f"eventstore:{FORMAT}:{self.names}:{self.size}:{number}"
