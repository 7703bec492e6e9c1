"""Let a subscription begin anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from ...backends import backend_for
from ...models import Subscription
from ...workers import operations
from ...workers.consequences import consequences_of_reset
from ..operating import SubscriptionCommand, add_noinput_option, ask


class Command(SubscriptionCommand):
    """``manage.py reset_subscription``."""

    help = (
        "Let a subscription begin anew: at the beginning of the log, or behind another position. What comes after it "
        "is handled again; a handler with reset() empties its read model first; nothing stays parked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where it begins."""
        super().add_arguments(parser)
        start = parser.add_mutually_exclusive_group()
        start.add_argument(
            "--position",
            type=int,
            default=0,
            metavar="N",
            help="Begin behind this position, with the event after it; 0 (the default) is the beginning.",
        )
        start.add_argument("--to-now", action="store_true", help="Begin with what is appended from now on.")
        add_noinput_option(parser)

    def operate(self, alias: str, subscription: Subscription, options: dict[str, Any]) -> None:
        """Say what will happen, ask, and do it."""
        name = subscription.pk
        target = backend_for(alias).watermark() if options["to_now"] else options["position"]
        beginning, *others = consequences_of_reset(alias, subscription, target)
        self.stdout.write(beginning)
        for line in others:
            self.stdout.write(f"- {line}")
        if not options["noinput"]:
            ask("Type the name of the subscription to go on: ", name)
        operations.reset(alias, name, target)
        self.stdout.write(f"Subscription {name!r} was reset.")
        self.tell_what_is_missing(alias, name)
