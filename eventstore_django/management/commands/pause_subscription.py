"""Let a subscription stand still."""

from __future__ import annotations

from typing import Any

from ...models import Subscription
from ...workers import operations
from ..operating import SubscriptionCommand


class Command(SubscriptionCommand):
    """``manage.py pause_subscription``."""

    help = "Let a subscription stand still until it is resumed. The batch at hand is finished first."

    def operate(self, alias: str, subscription: Subscription, options: dict[str, Any]) -> None:
        """Pause it."""
        operations.pause(alias, subscription.pk)
        self.stdout.write(f"Subscription {subscription.pk!r} is paused.")
