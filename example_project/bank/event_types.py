"""What can happen to an account."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from eventstore_django import register_event, upcaster
from eventstore_django.encoding import JSONObject


@register_event("AccountOpened")
@dataclass(frozen=True, slots=True)
class AccountOpened:
    """Somebody has an account."""

    owner: str


@register_event("MoneyDeposited")
@dataclass(frozen=True, slots=True)
class MoneyDeposited:
    """Money was paid in."""

    amount: Decimal


@register_event("MoneyWithdrawn")
@dataclass(frozen=True, slots=True)
class MoneyWithdrawn:
    """Money was paid out."""

    amount: Decimal


@register_event("TransferSent")
@dataclass(frozen=True, slots=True)
class TransferSent:
    """Money went to another account."""

    amount: Decimal
    to: str


@register_event("TransferReceived", version=2)
@dataclass(frozen=True, slots=True)
class TransferReceived:
    """Money came from another account."""

    amount: Decimal
    sender: str


@upcaster("TransferReceived", from_version=1)
def _sender(payload: JSONObject) -> JSONObject:
    """The key was a word that Python keeps for itself."""
    payload["sender"] = payload.pop("from")
    return payload
