"""The read model: what is asked often, kept up to date by a subscription."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models

from eventstore_django import live_version


class BalanceQuerySet(models.QuerySet["Balance"]):
    """Balances, of the version in use or of one that is being built."""

    def in_use(self) -> Self:
        """Balances to show to people."""
        return self.filter(version=live_version("balances"))


class Balance(models.Model):
    """The balance of an account, as far as the subscription ``balances`` has come."""

    version = models.IntegerField(default=1)
    account_id = models.CharField(max_length=100)
    owner = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=20, decimal_places=2, default=0)

    objects = BalanceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["version", "account_id"], name="bank_balance_account")
        ]

    def __str__(self) -> str:
        return f"{self.owner}: {self.amount}"
