"""What operators do to subscriptions: pause, resume, reset, retry, discard.

Each takes effect in one transaction with the revision of the head row, so that every worker sees it at its
next look, and raises the epoch where the work at hand must not be committed any more.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from ..backends import backend_for
from ..encoding import text_fault
from ..exceptions import SubscriptionError, UnknownSubscription
from ..models import ParkedEvent, Subscription, SubscriptionShard
from ..subscriptions.declarations import registry
from ..subscriptions.handlers import BoundHandler
from .news import changed
from .registration import create_shards

Status = Subscription.Status


def find(alias: str, name: str) -> Subscription:
    """Return the row of a subscription. Raise UnknownSubscription, which tells the names that there are."""
    subscriptions = Subscription.objects.using(alias)
    # The driver would not even take a name that can't be stored.
    row = None if text_fault(name) else subscriptions.filter(pk=name).first()
    if row is None:
        raise UnknownSubscription(name, sorted(subscriptions.values_list("pk", flat=True)))
    return row


def locked(alias: str, name: str) -> Subscription:
    """Lock the row of a subscription and return it: what changes its shards begins so, a switch of versions too."""
    find(alias, name)
    return Subscription.objects.using(alias).select_for_update(no_key=True).get(pk=name)


def pause(alias: str, name: str) -> None:
    """Let a subscription stand still until it is resumed. The batch at hand is finished first."""
    _set_status(alias, name, Status.PAUSED)


def resume(alias: str, name: str) -> None:
    """Let a paused or stopped subscription go on where it is; a failed event has all its attempts again."""
    with transaction.atomic(using=alias):
        shards(alias, locked(alias, name)).update(
            attempts=0, attempt_position=0, retry_at=None, owner=None, lease_until=None, epoch=F("epoch") + 1
        )
        Subscription.objects.using(alias).filter(pk=name).update(last_error="", last_error_at=None)
        _set_status(alias, name, Status.RUNNING)


def reset(alias: str, name: str, position: int = 0) -> None:
    """Let a subscription begin anew behind ``position``: 0 is the beginning.

    What was handled is handled again. A handler with ``reset()`` empties its read model in this
    transaction. Nothing stays parked. The number of shards is taken from the code. A paused subscription stays paused.
    """
    if position < 0:
        raise SubscriptionError(f"A subscription can begin behind position 0 or later, not {position}.")
    last = backend_for(alias).drawn_position()
    if position > last:
        raise SubscriptionError(f"The log ends at position {last}: a subscription can't begin behind {position}.")
    with transaction.atomic(using=alias):
        row = locked(alias, name)
        # First, so that no batch at hand can commit between the handler's reset and this.
        # With what a rebuild has made so far: it was told that more had been handled.
        number = shards(alias, row).count()
        SubscriptionShard.objects.using(alias).filter(subscription=row).delete()
        ParkedEvent.objects.using(alias).filter(subscription=row).delete()
        declaration = registry.get(name)
        create_shards(alias, row, declaration.shards if declaration else number, row.version, position)
        if declaration:
            BoundHandler(declaration).reset()
        Subscription.objects.using(alias).filter(pk=name, status=Status.STOPPED).update(status=Status.RUNNING)
        Subscription.objects.using(alias).filter(pk=name).update(last_error="", last_error_at=None, updated_at=Now())
        changed(alias)


def retry_parked(alias: str, name: str, *, position: int | None = None, stream_id: str | None = None) -> int:
    """Have parked events tried again, in the order of their streams; return how many there were.

    All of a subscription, those of a stream, or the one at a position. The owner of the shard does it.
    """
    row = find(alias, name)
    parked = ParkedEvent.objects.using(alias).filter(subscription=row, version=row.version)
    parked = parked.filter(status=ParkedEvent.Status.PARKED)
    if position is not None:
        parked = parked.filter(position=position)
    if stream_id is not None:
        parked = parked.filter(stream_id=stream_id)
    with transaction.atomic(using=alias):
        count = parked.update(status=ParkedEvent.Status.RETRYING, attempts=0, retry_at=Now(), updated_at=Now())
        changed(alias)
    return count


def discard_parked(alias: str, name: str, position: int, *, reason: str, actor: str) -> None:
    """Give up on an event that was not handled; what waits behind it in its stream goes on.

    The row stays, with the reason and the actor. Raise SubscriptionError if there is no such row.
    """
    if not reason.strip() or not actor.strip():
        raise SubscriptionError("Discarding an event needs a reason and an actor.")
    row = find(alias, name)
    parked = ParkedEvent.objects.using(alias).filter(subscription=row, version=row.version, position=position)
    with transaction.atomic(using=alias):
        discarded = parked.exclude(status=ParkedEvent.Status.DISCARDED).update(
            status=ParkedEvent.Status.DISCARDED, reason=reason, actor=actor, retry_at=None, updated_at=Now()
        )
        if not discarded:
            raise SubscriptionError(f"Subscription {name!r} has no event kept aside at position {position}.")
        changed(alias)


def kept_aside(alias: str, subscription: Subscription) -> QuerySet[ParkedEvent]:
    """Return what the version in use has not handled in its turn, and nobody has discarded."""
    rows = ParkedEvent.objects.using(alias).filter(subscription=subscription, version=subscription.version)
    return rows.exclude(status=ParkedEvent.Status.DISCARDED)


def shards(alias: str, subscription: Subscription) -> QuerySet[SubscriptionShard]:
    """Return the shards of the version in use."""
    return SubscriptionShard.objects.using(alias).filter(subscription=subscription, version=subscription.version)


def _set_status(alias: str, name: str, status: str) -> None:
    with transaction.atomic(using=alias):
        find(alias, name)
        Subscription.objects.using(alias).filter(pk=name).update(status=status, updated_at=Now())
        changed(alias)
