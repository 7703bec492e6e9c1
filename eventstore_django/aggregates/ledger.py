"""What an aggregate has to remember of the store: its version, what is not stored yet, where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from ..events import NewEvent
from ..names import plain

AggregateId: TypeAlias = str | int | UUID


@dataclass(slots=True)
class Ledger:
    """The bookkeeping of one aggregate. Repositories write it, nobody else."""

    aggregate_id: str
    version: int = 0
    pending: list[NewEvent] = field(default_factory=list)
    stream_id: str | None = None
    """The stream it was loaded from or saved to."""
    is_past: bool = False
    """Whether it shows an earlier state."""
    snapshot_at: datetime | None = None
    """When the snapshot was stored that it was loaded from, or that was taken of it."""
    has_stray_snapshots: bool = False
    """Whether there were snapshots ahead of the stream."""


def id_text(aggregate_id: AggregateId) -> str:
    """Return an id as the text that stands in stream names. Raise TypeError for what is no id."""
    if isinstance(aggregate_id, bool) or not isinstance(aggregate_id, str | int | UUID):
        raise TypeError(f"an aggregate's id is a text, a whole number or a UUID, not {aggregate_id!r}.")
    if isinstance(aggregate_id, str):
        return plain(aggregate_id)
    # A member of an enumeration is the number that it is: its own text is its name.
    return int.__repr__(aggregate_id) if isinstance(aggregate_id, int) else str(aggregate_id)
