"""The tables. Writes and reads live in the manager, the store and the workers."""

from __future__ import annotations

from .history import ErasedEvent, Erasure, Event, Snapshot, Stream
from .subscriptions import LogHead, Overview, ParkedEvent, Subscription, SubscriptionShard, Worker

__all__ = [
    "ErasedEvent",
    "Erasure",
    "Event",
    "LogHead",
    "Overview",
    "ParkedEvent",
    "Snapshot",
    "Stream",
    "Subscription",
    "SubscriptionShard",
    "Worker",
]
