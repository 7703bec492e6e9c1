"""Let a subscription go on."""

from __future__ import annotations

from typing import Any

from ...models import Subscription
from ...workers import operations
from ..operating import SubscriptionCommand


class Command(SubscriptionCommand):
    """``manage.py resume_subscription``."""

    help = (
        "Let a paused or stopped subscription go on where it is. An event that stopped it is tried again, with all "
        "its attempts."
    )

    def operate(self, alias: str, subscription: Subscription, options: dict[str, Any]) -> None:
        """Resume it."""
        operations.resume(alias, subscription.pk)
        self.stdout.write(f"Subscription {subscription.pk!r} goes on behind position {_position(alias, subscription)}.")
        self.tell_what_is_missing(alias, subscription.pk)


def _position(alias: str, subscription: Subscription) -> int:
    positions = operations.shards(alias, subscription).values_list("position", flat=True)
    return min(positions, default=0)
