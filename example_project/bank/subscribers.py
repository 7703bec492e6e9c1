"""What follows the bank's events."""

from __future__ import annotations

from django.db.models import F

from eventstore_django import RecordedEvent, event_context, subscription

from .models import Balance


@subscription("balances", categories=["Account"], models=[Balance], versioned=True)
class Balances:
    """Keeps the balances: each event counts exactly once, since the row commits with the checkpoint."""

    def handle(self, event: RecordedEvent) -> None:
        """Take one event into account."""
        version = event_context().version
        accounts = Balance.objects.filter(version=version, account_id=event.aggregate_id)
        match event.event_type:
            case "AccountOpened":
                Balance.objects.create(version=version, account_id=event.aggregate_id, owner=event.typed.owner)
            case "MoneyDeposited" | "TransferReceived":
                accounts.update(amount=F("amount") + event.typed.amount)
            case "MoneyWithdrawn" | "TransferSent":
                accounts.update(amount=F("amount") - event.typed.amount)

    def reset(self) -> None:
        """Begin anew."""
        Balance.objects.all().delete()

    def prepare(self, version: int) -> None:
        """Begin a new version beside the one in use."""
        Balance.objects.filter(version=version).delete()

    def switch(self, version: int) -> None:
        """Let the new version take over, and the old ones go."""
        Balance.objects.filter(version__lt=version).delete()
