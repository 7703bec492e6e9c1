"""What operators can do to a subscription."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from ..exceptions import EventStoreError, SubscriptionError
from ..models import ParkedEvent, Subscription
from ..workers import operations
from ..workers.consequences import consequences_of_reset
from .acting import Action

Status = Subscription.Status


class PauseAction(Action):
    """Let it stand still."""

    slug, label, permission = "pause", "pause", "pause_subscription"

    @property
    def is_possible(self) -> bool:
        """Whether it does anything now."""
        return bool(self.row.status == Status.RUNNING)

    def consequences(self) -> Iterable[str]:
        """Say when it stands still."""
        yield "The batch at hand is finished first; then no event is handled until it is resumed."
        yield "Events are not lost: it goes on where it was."

    def perform(self, given: dict[str, Any], actor: str) -> str:
        """Pause it."""
        operations.pause(self.alias, self.row.pk)
        return f"{self.row.pk} is paused."


class ResumeAction(Action):
    """Let it go on."""

    slug, label, permission = "resume", "resume", "resume_subscription"

    @property
    def is_possible(self) -> bool:
        """Whether it stands still."""
        return bool(self.row.status != Status.RUNNING)

    def consequences(self) -> Iterable[str]:
        """Say where it goes on."""
        yield "It goes on where it is. An event that failed has all its attempts again; the last error is forgotten."

    def perform(self, given: dict[str, Any], actor: str) -> str:
        """Resume it."""
        operations.resume(self.alias, self.row.pk)
        return f"{self.row.pk} goes on."


class RetryAction(Action):
    """Have all that is parked tried again."""

    slug, label, permission = "retry-parked", "retry parked events", "retry_parkedevent"

    @property
    def is_possible(self) -> bool:
        """Whether anything is parked."""
        return self._parked() > 0

    def consequences(self) -> Iterable[str]:
        """Say how many there are."""
        yield f"Parked events are tried again, in the order of their streams: {self._parked()}."
        yield "What waits behind them follows in order."

    def perform(self, given: dict[str, Any], actor: str) -> str:
        """Mark them."""
        count = operations.retry_parked(self.alias, self.row.pk)
        if not count:
            raise SubscriptionError("Nothing is parked any more.")
        return f"{self.row.pk}: {count} marked to be tried again."

    def _parked(self) -> int:
        return operations.kept_aside(self.alias, self.row).filter(status=ParkedEvent.Status.PARKED).count()


class ResetForm(forms.Form):
    """Asks for the name, so that nobody resets by a slip."""

    position = forms.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        initial=0,
        label="Begin behind position",
        help_text="0 is the beginning of the log.",
    )
    typed_name = forms.CharField(label="Name of the subscription", strip=False)

    def __init__(self, data: Any, name: str) -> None:
        super().__init__(data)
        self._name = name
        self.fields["typed_name"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_typed_name(self) -> str:
        """Compare."""
        typed: str = self.cleaned_data["typed_name"]
        if typed.strip() != self._name.strip():
            raise forms.ValidationError("This is not the name of this subscription.")
        return typed


class ResetAction(Action):
    """Let it begin anew."""

    slug, label, permission = "reset", "reset", "reset_subscription"
    removes = True

    def form(self, data: Any = None) -> forms.Form:
        """Ask where it begins, and for the name."""
        return ResetForm(data, self.row.pk)

    def consequences(self) -> Iterable[str]:
        """Say what a reset to the beginning does."""
        return consequences_of_reset(self.alias, self.row, 0)

    def perform(self, given: dict[str, Any], actor: str) -> str:
        """Reset it. What the handler's own reset() raises is told as an error of the operation."""
        try:
            operations.reset(self.alias, self.row.pk, given["position"])
        except EventStoreError:
            raise
        except Exception as error:
            raise SubscriptionError(f"Its reset failed: {type(error).__name__}: {error}") from error
        return f"{self.row.pk} begins anew behind position {given['position']}."
