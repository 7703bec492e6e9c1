"""What follows the bank's events."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import F

from eventstore_django import RecordedEvent, event_context, subscription

from .models import Balance

_SIGNS = {"MoneyDeposited": 1, "TransferReceived": 1, "MoneyWithdrawn": -1, "TransferSent": -1}


@subscription("balances", categories=["Account"], models=[Balance], versioned=True)
class Balances:
    """Keeps the balances: each event counts exactly once, since the row commits with the checkpoint."""

    def handle(self, event: RecordedEvent) -> None:
        """Take one event into account."""
        accounts = Balance.objects.filter(version=event_context().version)
        if event.event_type == "AccountOpened":
            accounts.create(
                version=event_context().version, account_id=event.aggregate_id, owner=event.payload["owner"]
            )
        elif sign := _SIGNS.get(event.event_type):
            amount = F("amount") + sign * Decimal(event.payload["amount"])
            accounts.filter(account_id=event.aggregate_id).update(amount=amount)

    def reset(self) -> None:
        """Begin anew."""
        Balance.objects.all().delete()

    def prepare(self, version: int) -> None:
        """Begin a new version beside the one in use."""
        Balance.objects.filter(version=version).delete()

    def switch(self, version: int) -> None:
        """Let the new version take over, and the old ones go."""
        Balance.objects.filter(version__lt=version).delete()
