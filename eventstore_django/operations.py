"""What goes into an append and what comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .events import RecordedEvent
from .instances import EventLike
from .versions import ExpectedVersionLike


@dataclass(frozen=True, slots=True)
class AppendOperation:
    """Events for one stream, and the version that the stream must have.

    Without events it only checks: the batch is stored if the stream has that version, and the
    stream can't change until the batch is committed.
    """

    stream_id: str
    events: Sequence[EventLike] = ()
    expected_version: ExpectedVersionLike = None


@dataclass(frozen=True, slots=True)
class AppendResult:
    """What an append stored.

    ``replayed`` is true when the events were there already, from an earlier call with the same ids;
    nothing was written then, and ``events`` and ``version`` are those of the first call.
    """

    stream_id: str
    version: int
    events: tuple[RecordedEvent, ...] = ()
    replayed: bool = False
