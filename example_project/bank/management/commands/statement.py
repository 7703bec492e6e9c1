"""Print the statement of an account, as of any moment."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from eventstore_django import AggregateNotFound, EventStore
from example_project.bank.statements import statement


class Command(BaseCommand):
    """Read an account as it was known, from its events."""

    help = "Prints what happened to an account up to a moment, with the balance after each event."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("account", help="number of the account")
        parser.add_argument("--at", help="a day, to its end, or a time (2026-05-03T12:00+02:00); by default now")

    def handle(self, *, account: str, at: str | None, **options: Any) -> None:
        """Run the command."""
        moment = timezone.now() if at is None else _moment(at)
        try:
            found = statement(EventStore(), account, moment)
        except AggregateNotFound as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Account {account}, {found.account.owner}, as of {moment:%Y-%m-%d %H:%M:%S %Z}\n\n")
        for line in found.lines:
            self.stdout.write(f"{line.at:%Y-%m-%d %H:%M:%S}  {line.what:<18} {line.amount:>12} {line.balance:>12}")
        self.stdout.write(f"\n{'Balance':>39} {found.account.balance:>25}")


def _moment(text: str) -> datetime:
    try:
        day, moment = parse_date(text), parse_datetime(text)
    except ValueError:
        day = moment = None
    if day is not None:
        moment = datetime.combine(day, time.max)
    if moment is None:
        raise CommandError(f"{text!r} is neither a day (2026-05-03) nor a time (2026-05-03T12:00).")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
