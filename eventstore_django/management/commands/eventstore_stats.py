"""Show how the event store is doing."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from ...statistics import document, problems, statistics
from ...transfer.failures import told_in_one_line
from ..operating import add_database_option, events_alias
from ..summary import summary

_UNHEALTHY = 1


class Command(BaseCommand):
    """``manage.py eventstore_stats``."""

    help = (
        "Show how the event store is doing: totals, rates, the watermark and who holds it back, subscriptions, "
        "workers. It reads no table as a whole: what is an estimate says so."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form."""
        add_database_option(parser)
        parser.add_argument("--json", action="store_true", help="As JSON: an object, as GET stats/ gives it.")
        parser.add_argument("--check", action="store_true", help="Exit with code 1 if something is wrong.")

    def handle(self, **options: Any) -> None:
        """Show it."""
        with told_in_one_line():
            found = statistics(events_alias(options["database"]))
        if options["json"]:
            self.stdout.write(json.dumps(document(found), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
        else:
            self.stdout.write(summary(found))
        if options["check"] and problems(found):
            raise SystemExit(_UNHEALTHY)
