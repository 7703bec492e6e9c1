"""What a database answers to an append."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias


class Stored(NamedTuple):
    """The events are written. ``versions`` are those of the streams before, ``positions`` the events' own."""

    versions: Sequence[int]
    positions: Sequence[int]
    created_at: datetime | None


class Conflict(NamedTuple):
    """Nothing was written: a stream is not at the expected version. ``versions`` are the actual ones."""

    versions: Sequence[int]


class Known(NamedTuple):
    """Nothing was written: at least one of the event ids stands in its stream already."""

    versions: Sequence[int]


Outcome: TypeAlias = Stored | Conflict | Known
