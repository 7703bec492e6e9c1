"""Let a subscription begin anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from ...backends import backend_for
from ...models import Subscription, SubscriptionShard
from ...subscriptions.declarations import registry
from ...subscriptions.handlers import BoundHandler
from ...workers import operations
from ..operating import SubscriptionCommand, add_noinput_option, ask, kept_aside


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
        for line in _consequences(alias, subscription, target):
            self.stdout.write(line)
        if not options["noinput"]:
            ask("Type the name of the subscription to go on: ", name)
        operations.reset(alias, name, target)
        self.stdout.write(f"Subscription {name!r} was reset.")
        self.tell_what_is_missing(alias, name)


def _consequences(alias: str, subscription: Subscription, target: int) -> Iterator[str]:
    positions = list(operations.shards(alias, subscription).values_list("position", flat=True))
    lowest, highest = min(positions, default=0), max(positions, default=0)
    where = f"at position {lowest}" if lowest == highest else f"at positions {lowest} to {highest}"
    yield f"Subscription {subscription.pk!r}, now {where}, begins anew behind position {target}."
    if target < highest:
        yield f"- Its events from position {target + 1} to {highest} are handled again."
    if target > lowest:
        yield f"- Its events from position {lowest + 1} to {target} are left out."
    yield f"- {_emptied(subscription.pk, target)}"
    if count := kept_aside(alias, subscription).count():
        yield f"- Events that are parked or held back are so no longer: {count}."
    if SubscriptionShard.objects.using(alias).filter(subscription=subscription, version__gt=subscription.version):
        yield "- What a rebuild has replayed so far is thrown away."


def _emptied(name: str, target: int) -> str:
    declaration = registry.get(name)
    if declaration is None:
        return "It is declared nowhere in this project: no reset() is called, what was written stays."
    if not BoundHandler(declaration).can_reset:
        return "Its handler has no reset(): what it has written stays."
    missing = f"; it will lack what came up to position {target}" if target else ""
    return f"Its handler empties its read model by reset(){missing}."
