"""What a database answers to an append."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Stored:
    """The events are written. ``versions`` are those of the streams before, ``positions`` the events' own."""

    versions: Sequence[int]
    positions: Sequence[int]
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing was written: a stream is not at the expected version. ``versions`` are the actual ones."""

    versions: Sequence[int]


@dataclass(frozen=True, slots=True)
class Known:
    """Nothing was written: at least one of the event ids stands in its stream already."""

    versions: Sequence[int]


Outcome: TypeAlias = Stored | Conflict | Known
