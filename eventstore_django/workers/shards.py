"""A shard that this worker owns, as the worker knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from ..events import RecordedEvent
from ..subscriptions.sharding import Floors, shard_of

Reader: TypeAlias = Callable[[int, int], Iterable[RecordedEvent]]

if TYPE_CHECKING:
    from ..models import SubscriptionShard


@dataclass(slots=True)
class OwnedShard:
    """What a worker holds in memory of a shard. The row is the truth: a difference ends the ownership."""

    pk: int
    subscription: str
    version: int
    number: int
    shards: int
    owner: UUID
    epoch: int
    position: int
    floors: Floors | None = None
    careful: int = 0
    """Events that are still to be handled one by one, since a batch with them ended badly."""
    attempt_position: int = 0
    attempts: int = 0
    inherited: bool = False
    """Whether the attempts are those of an owner that ended without a word."""
    wait_until: float = float("-inf")
    """By the worker's clock: when the event at hand is tried again, where it may not be stepped over."""
    is_replay: bool = False
    """Whether its events were handled before, by the version in use."""
    held_streams: set[str] = field(default_factory=set)
    """Streams with events that were not handled in their turn. Only the owner adds to them."""
    left_aside: set[int] = field(default_factory=set)
    """Positions that the version in use has not handled in their turn either: they stay aside in a rebuild."""
    passed_over: set[int] = field(default_factory=set)
    """Positions that an operator gave up on in the version in use: they are given up here too."""
    next_retry: float | None = None
    """When the first of the held events is due, by the worker's clock; None for none."""
    advanced_at: float = float("-inf")
    read: Reader | None = None
    """Reads the shard's events above one position and up to another."""
    caught_up: bool = False
    is_stopped: bool = False

    @classmethod
    def of(cls, row: SubscriptionShard, owner: UUID, epoch: int, shards: int) -> OwnedShard:
        """Make the memory of a row that was just claimed."""
        return cls(
            pk=row.pk,
            subscription=row.subscription_id,
            version=row.version,
            number=row.number,
            shards=shards,
            owner=owner,
            epoch=epoch,
            position=row.position,
            floors=Floors.of(row.floors),
            careful=row.in_flight,
            attempt_position=row.attempt_position,
            attempts=row.attempts,
            # Not those of this process, before its connection broke, nor those that ended with a verdict.
            inherited=row.in_flight > 0 and row.attempts > 0 and row.owner != owner and row.retry_at is None,
        )

    def owns(self, event: RecordedEvent) -> bool:
        """Whether an event's stream belongs to this shard."""
        return shard_of(event.stream_id, self.shards) == self.number

    def holds_back(self, event: RecordedEvent) -> bool:
        """Whether an event must wait: behind another one of its stream, or since it stays aside."""
        return event.stream_id in self.held_streams or event.position in self.left_aside

    def was_left_at(self, position: int) -> bool:
        """Whether an earlier owner's process ended while it tried the event at this position."""
        was_left = self.inherited and self.attempt_position == position
        self.inherited = False
        return was_left

    def __str__(self) -> str:
        return f"{self.subscription}[{self.number}]"
