"""Putting declared subscriptions into the database, once, and checking them against the log."""

from __future__ import annotations

from django.db.models.functions import Now

from ..backends import backend_for
from ..exceptions import CheckpointMismatch
from ..models import ErasedEvent, Event, Subscription, SubscriptionShard
from ..subscriptions.declarations import Declaration
from .reading import last_event
from .transactions import bookkeeping


def register(alias: str, declaration: Declaration, head: int) -> None:
    """Create the rows of a subscription that has none; a new one with ``start="now"`` begins at ``head``.

    An existing one keeps its position, its shards and its status; what is declared is noted for people.
    """
    settings = declaration.settings()
    with bookkeeping(alias):
        row, created = Subscription.objects.using(alias).get_or_create(
            pk=declaration.name, defaults={"settings": settings}
        )
        if created:
            create_shards(alias, row, declaration.shards, row.version, start_position(declaration, head))
        elif row.settings != settings:
            Subscription.objects.using(alias).filter(pk=row.pk).update(settings=settings, updated_at=Now())


def create_shards(alias: str, subscription: Subscription, shards: int, version: int, position: int) -> None:
    """Create the shards of a version, all at one position."""
    event_position, event_id = last_event(alias, position) or (0, None)
    SubscriptionShard.objects.using(alias).bulk_create(
        SubscriptionShard(
            subscription=subscription,
            version=version,
            number=number,
            position=position,
            event_position=event_position,
            event_id=event_id,
        )
        for number in range(shards)
    )


def start_position(declaration: Declaration, head: int) -> int:
    """Return the position that a new subscription has considered already."""
    return head if declaration.start == "now" else declaration.considered


def check_against_log(alias: str, shard: SubscriptionShard) -> None:
    """Raise CheckpointMismatch if the log is not the one that the shard's checkpoint was taken from.

    After a failover or a restore positions can be given out again: going on would skip new events.
    """
    name = f"{shard.subscription_id}[{shard.number}]"
    drawn = backend_for(alias).drawn_position()
    # Without an event it stands where it was told to begin, which may be beyond the log.
    if shard.position > drawn and shard.event_id is not None:
        raise CheckpointMismatch(f"{name} is at position {shard.position}, but the log ends at {drawn}.")
    if shard.event_id is None or _has(alias, shard):
        return
    raise CheckpointMismatch(
        f"{name} has seen event {shard.event_id} at position {shard.event_position}: "
        "the log has another one there, or none."
    )


def _has(alias: str, shard: SubscriptionShard) -> bool:
    known = {"position": shard.event_position, "event_id": shard.event_id}
    return (
        Event.objects.using(alias).filter(**known).exists() or ErasedEvent.objects.using(alias).filter(**known).exists()
    )
