"""What operators can do to an event that a subscription has kept aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from ..exceptions import SubscriptionError
from ..models import ParkedEvent, Subscription
from ..workers import operations
from .acting import Action

Status = ParkedEvent.Status


class _ParkedAction(Action):
    """Something that only the version in use can be asked for."""

    @property
    def _is_in_use(self) -> bool:
        versions = Subscription.objects.using(self.alias).filter(pk=self.row.subscription_id)
        return versions.filter(version=self.row.version).exists()

    def _behind(self) -> int:
        rows = ParkedEvent.objects.using(self.alias).filter(
            subscription=self.row.subscription_id, version=self.row.version, stream_id=self.row.stream_id
        )
        return rows.filter(position__gt=self.row.position).exclude(status=Status.DISCARDED).count()


class RetryAction(_ParkedAction):
    """Have it tried again."""

    slug, label, permission = "retry", "retry", "retry_parkedevent"

    @property
    def is_possible(self) -> bool:
        """Whether it is parked."""
        return self.row.status == Status.PARKED and self._is_in_use

    def consequences(self) -> Iterable[str]:
        """Say who tries it, and what follows."""
        yield "The worker that owns its shard tries it again, with all its attempts."
        yield f"Events of its stream that wait behind it: {self._behind()}. They follow in order when it is handled."

    def perform(self, given: dict[str, Any], actor: str) -> str:
        """Mark it."""
        position = self.row.position
        if not operations.retry_parked(self.alias, self.row.subscription_id, position=position):
            raise SubscriptionError(f"The event at position {position} is not parked any more.")
        return f"The event at position {position} is marked to be tried again."


class RetryStreamAction(_ParkedAction):
    """Have all that is parked of its stream tried again."""

    slug, label, permission = "retry-stream", "retry the whole stream", "retry_parkedevent"

    @property
    def is_possible(self) -> bool:
        """Whether anything of the stream is parked."""
        return self._is_in_use and self._parked() > 0

    def consequences(self) -> Iterable[str]:
        """Say how many there are."""
        yield f"Parked events of stream {self.row.stream_id!r}: {self._parked()}."
        yield "They are tried again in the order of the stream, and what waits behind them follows."

    def perform(self, given: dict[str, Any], actor: str) -> str:
        """Mark them."""
        stream = self.row.stream_id
        count = operations.retry_parked(self.alias, self.row.subscription_id, stream_id=stream)
        if not count:
            raise SubscriptionError(f"Nothing of stream {stream!r} is parked any more.")
        return f"Stream {stream!r}: {count} marked to be tried again, in order."

    def _parked(self) -> int:
        rows = ParkedEvent.objects.using(self.alias).filter(
            subscription=self.row.subscription_id, version=self.row.version, stream_id=self.row.stream_id
        )
        return rows.filter(status=Status.PARKED).count()


class DiscardForm(forms.Form):
    """Asks why."""

    reason = forms.CharField(
        max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="Kept with the event and in the log."
    )


class DiscardAction(_ParkedAction):
    """Give up on it."""

    slug, label, permission = "discard", "discard", "discard_parkedevent"
    removes = True
    form_class = DiscardForm

    @property
    def is_possible(self) -> bool:
        """Whether it was not given up on already."""
        return self.row.status != Status.DISCARDED and self._is_in_use

    def consequences(self) -> Iterable[str]:
        """Say what is left out."""
        yield f"Subscription {self.row.subscription_id!r} will never handle this event. The event itself stays."
        yield f"Events of its stream that wait behind it go on: {self._behind()}."

    def perform(self, given: dict[str, Any], actor: str) -> str:
        """Discard it, with the reason."""
        position, reason = self.row.position, given["reason"]
        operations.discard_parked(self.alias, self.row.subscription_id, position, reason=reason, actor=actor)
        return f"The event at position {position} is discarded: {reason}"
