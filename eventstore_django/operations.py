"""What goes into an append and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

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


class _Later:
    """A place beside the fields, for what makes ``events``."""

    __slots__ = ("_make",)

    _make: Callable[[], tuple[RecordedEvent, ...]]


@dataclass(frozen=True, slots=True)
class AppendResult(_Later):
    """What an append stored.

    ``replayed`` is true when the events were there already, from an earlier call with the same ids;
    nothing was written then, and ``events`` and ``version`` are those of the first call.
    """

    stream_id: str
    version: int
    events: tuple[RecordedEvent, ...] = ()
    replayed: bool = False

    @classmethod
    def of_stored(cls, stream_id: str, version: int, make: Callable[[], tuple[RecordedEvent, ...]]) -> Self:
        """Return the result of an append that wrote; its events are made when they are first asked for.

        Most callers look at the version at most, and the events are a good part of the time that an append takes.
        """
        result = cls.__new__(cls)
        put = object.__setattr__  # the one way to fill a frozen dataclass
        put(result, "stream_id", stream_id)
        put(result, "version", version)
        put(result, "replayed", False)
        put(result, "_make", make)
        return result

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Make the events: the slot is empty until then."""
            if name != "events":
                raise AttributeError(f"AppendResult has no attribute {name!r}")
            events = self._make()
            object.__setattr__(self, "events", events)
            return events

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.stream_id, self.version, self.events, self.replayed)
