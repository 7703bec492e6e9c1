"""Have parked events tried again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import QuerySet

from ...models import ParkedEvent, Subscription
from ...workers import operations
from ..listing import kept_table
from ..operating import SubscriptionCommand

Status = ParkedEvent.Status


class Command(SubscriptionCommand):
    """``manage.py retry_parked``."""

    help = (
        "Have parked events tried again, in the order of their streams, by the worker that runs the subscription: all "
        "of them, those of a stream, or the one at a position."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which of them, and whether only to look."""
        super().add_arguments(parser)
        parser.add_argument("--position", type=int, metavar="N", help="Only the event at this position.")
        parser.add_argument("--stream", metavar="S", help="Only events of this stream.")
        parser.add_argument("--list", action="store_true", help="Show what failed, and change nothing.")

    def operate(self, alias: str, subscription: Subscription, options: dict[str, Any]) -> None:
        """Mark them, or show them."""
        rows = _chosen(operations.kept_aside(alias, subscription), options["position"], options["stream"])
        if options["list"]:
            self.stdout.write(kept_table(rows) or "Nothing is parked.")
            return
        position, stream = options["position"], options["stream"]
        count = operations.retry_parked(alias, subscription.pk, position=position, stream_id=stream)
        if position is not None and not count:
            raise CommandError(f"The event at position {position} is not parked{_instead(rows)}.")
        self.stdout.write(f"Marked to be tried again: {count}." if count else f"Nothing is parked{_instead(rows)}.")
        if rows.exists():
            self.tell_what_is_missing(alias, subscription.pk)


def _chosen(rows: QuerySet[ParkedEvent], position: int | None, stream: str | None) -> QuerySet[ParkedEvent]:
    rows = rows if position is None else rows.filter(position=position)
    return rows if stream is None else rows.filter(stream_id=stream)


def _instead(rows: QuerySet[ParkedEvent]) -> str:
    counts = {status: rows.filter(status=status).count() for status in (Status.RETRYING, Status.WAITING)}
    told = ", ".join(f"{count} {status.value}" for status, count in counts.items() if count)
    return f" ({told})" if told else ""
