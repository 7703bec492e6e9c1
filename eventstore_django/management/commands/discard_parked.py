"""Give up on a parked event."""

from __future__ import annotations

from getpass import getuser
from typing import Any

from django.core.management.base import CommandError, CommandParser

from ...models import ParkedEvent, Subscription
from ...workers import operations
from ..columns import error_line
from ..operating import SubscriptionCommand, add_noinput_option, ask

Status = ParkedEvent.Status


class Command(SubscriptionCommand):
    """``manage.py discard_parked``."""

    help = (
        "Give up on an event that a subscription could not handle: it is left out, and what waits behind it in its "
        "stream goes on. The reason and the actor are kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the event, the reason and the actor."""
        super().add_arguments(parser)
        parser.add_argument("position", type=int, metavar="POSITION", help="The position of the event.")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="Why it may be left out; it is kept.")
        parser.add_argument("--actor", metavar="NAME", help="Who decides that: by default the user of this process.")
        add_noinput_option(parser)

    def operate(self, alias: str, subscription: Subscription, options: dict[str, Any]) -> None:
        """Show the event, ask, and discard it."""
        actor = _user() if options["actor"] is None else options["actor"]
        position = options["position"]
        row = operations.kept_aside(alias, subscription).filter(position=position).first()
        if row is not None and not options["noinput"]:
            self._show(row, operations.kept_aside(alias, subscription))
            ask("Type the position of the event to discard it: ", str(position))
        operations.discard_parked(alias, subscription.pk, position, reason=options["reason"], actor=actor)
        self.stdout.write(f"The event at position {position} is discarded, by {actor}.")
        self.tell_what_is_missing(alias, subscription.pk)

    def _show(self, row: ParkedEvent, kept: Any) -> None:
        waiting = kept.filter(stream_id=row.stream_id, position__gt=row.position).count()
        self.stdout.write(f"{row.event_type} of stream {row.stream_id!r}, {row.status}, attempts: {row.attempts}.")
        if row.error:
            self.stdout.write(f"  {error_line(row.error)}")
        left_out = f"Subscription {row.subscription_id!r} will never handle it"
        self.stdout.write(f"{left_out}; events that wait behind it: {waiting}.")


def _user() -> str:
    try:
        return getuser()
    except (OSError, KeyError):
        # A container may run under a number that has no name.
        raise CommandError("Say who discards it: --actor NAME.") from None
