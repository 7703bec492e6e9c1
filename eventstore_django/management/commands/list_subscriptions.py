"""Show how the subscriptions are doing."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from ...transfer.failures import told_in_one_line
from ...workers.statuses import SubscriptionStatus
from ..listing import found, overview
from ..operating import add_database_option, events_alias


class Command(BaseCommand):
    """``manage.py list_subscriptions``."""

    help = (
        "Show the subscriptions: how far they are and how far behind the settled log, how many events are parked or "
        "held back with them, and who works on them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which, and in which form."""
        parser.add_argument("names", nargs="*", metavar="NAME", help="Only these subscriptions.")
        add_database_option(parser)
        parser.add_argument("--json", action="store_true", help="As JSON: a list, with every shard.")

    def handle(self, *, names: list[str], **options: Any) -> None:
        """Show them."""
        alias = events_alias(options["database"])
        with told_in_one_line():
            self.stdout.write(_as_json(found(alias, names)) if options["json"] else overview(alias, names))


def _as_json(statuses: list[SubscriptionStatus]) -> str:
    return json.dumps([_fields(status) for status in statuses], cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)


def _fields(status: SubscriptionStatus) -> dict[str, Any]:
    whole = {"position": status.position, "lag": status.lag, "lag_seconds": status.lag_seconds}
    return asdict(status) | whole
