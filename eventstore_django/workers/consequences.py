"""What an operation will do, told before it is done."""

from __future__ import annotations

from collections.abc import Iterator

from ..models import Subscription, SubscriptionShard
from ..subscriptions.declarations import registry
from ..subscriptions.handlers import BoundHandler
from .operations import kept_aside, shards


def consequences_of_reset(alias: str, subscription: Subscription, target: int) -> Iterator[str]:
    """Say what a reset to a position does: first where the subscription begins, then what follows from it."""
    positions = list(shards(alias, subscription).values_list("position", flat=True))
    lowest, highest = min(positions, default=0), max(positions, default=0)
    where = f"at position {lowest}" if lowest == highest else f"at positions {lowest} to {highest}"
    yield f"Subscription {subscription.pk!r}, now {where}, begins anew behind position {target}."
    if target < highest:
        yield f"Its events from position {target + 1} to {highest} are handled again."
    if target > lowest:
        yield f"Its events from position {lowest + 1} to {target} are left out."
    yield _emptied(subscription.pk, target)
    if count := kept_aside(alias, subscription).count():
        yield f"Events that are parked or held back are so no longer: {count}."
    if SubscriptionShard.objects.using(alias).filter(subscription=subscription, version__gt=subscription.version):
        yield "What a rebuild has replayed so far is thrown away."


def _emptied(name: str, target: int) -> str:
    declaration = registry.get(name)
    if declaration is None:
        return "It is declared nowhere in this project: no reset() is called, what was written stays."
    if not BoundHandler(declaration).can_reset:
        return "Its handler has no reset(): what it has written stays."
    missing = f"; it will lack what came up to position {target}" if target else ""
    return f"Its handler empties its read model by reset(){missing}."
