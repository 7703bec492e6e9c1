"""Which shard of a subscription a stream belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

MAX_SHARDS = 256


def shard_of(stream_id: str, shards: int) -> int:
    """Return the number, from 0, of the shard that a stream belongs to.

    By the first two bytes of the name's SHA-256: the same in Python and in SQL, on every version of
    every database, for ever. ``backends`` has the same formula in SQL.
    """
    return int.from_bytes(sha256(stream_id.encode()).digest()[:2], "big") % shards


@dataclass(frozen=True, slots=True)
class Floors:
    """Where the shards of an earlier division stood: what each of them had handled is not handled again."""

    positions: tuple[int, ...]

    @classmethod
    def of(cls, positions: Sequence[int] | None) -> Floors | None:
        """Make floors of what a row holds; None for none."""
        return cls(tuple(positions)) if positions else None

    def has_handled(self, stream_id: str, position: int) -> bool:
        """Whether the earlier shard of this stream was past this position."""
        return position <= self.positions[shard_of(stream_id, len(self.positions))]

    def is_past(self, position: int) -> bool:
        """Whether nothing above this position was handled earlier, so that the floors are not needed."""
        return position >= max(self.positions)
