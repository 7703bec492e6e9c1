"""Event ids: time-ordered UUIDs for new events, derived ones for events that come from elsewhere."""

from __future__ import annotations

import hashlib
import os
import struct
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

_VARIANT = 0b10 << 62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_48_BITS = (1 << 48) - 1
_LENGTH = struct.Struct(">Q").pack


def new_event_id() -> UUID:
    """Return a UUID version 7 (RFC 9562, 5.7 and 6.2 method 3): milliseconds, 12 bits of a fraction, chance.

    Ids made one after the other lie side by side in the unique index, which keeps appends fast
    however large the table is.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    chance = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | _VARIANT | chance)


def derived_event_id(occurred_at: datetime, *parts: bytes) -> UUID:
    """Return the UUID version 8 (RFC 9562, 5.8) that always belongs to this time and these parts.

    The time comes first so that ids of a log in order of time are in order too; the rest is SHA-256.
    """
    milliseconds = (occurred_at - _EPOCH) // _MILLISECOND & _48_BITS
    # With its length before each part, two lists of parts are never the same bytes.
    digest = hashlib.sha256(b"".join([_LENGTH(len(part)) + part for part in parts])).digest()
    high, low = int.from_bytes(digest[:2], "big") >> 4, int.from_bytes(digest[2:10], "big") >> 2
    return UUID(int=milliseconds << 80 | 8 << 76 | high << 64 | _VARIANT | low)
