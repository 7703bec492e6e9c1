"""What the operators' commands have in common: the database, the subscription, questions, errors in one line."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from shlex import quote
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.models.functions import Now

from ..backends import backend_for
from ..exceptions import UnknownSubscription
from ..models import Subscription, Worker
from ..store import EventStore
from ..subscriptions.declarations import registry
from ..transfer.failures import told_in_one_line
from ..workers import operations

_INTERRUPTED = 130


class SubscriptionCommand(BaseCommand):
    """A command on one subscription."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the subscription and the database."""
        parser.add_argument("name", metavar="NAME", help="The subscription.")
        add_database_option(parser)

    def handle(self, *, name: str, **options: Any) -> None:
        """Find the subscription and operate on it."""
        alias = events_alias(options["database"])
        with told_in_one_line():
            self.operate(alias, _find(alias, name), options)

    @abstractmethod
    def operate(self, alias: str, subscription: Subscription, options: dict[str, Any]) -> None:
        """Do what the command is for."""

    def tell_what_is_missing(self, alias: str, name: str) -> None:
        """Say why nothing happens to the subscription now, if so it is."""
        for line in _hindrances(alias, name):
            self.stderr.write(line, self.style.WARNING)


def add_database_option(parser: CommandParser) -> None:
    """Take the database."""
    parser.add_argument("--database", choices=tuple(connections), help="By default where events live.")


def add_noinput_option(parser: CommandParser) -> None:
    """Take the option that answers all questions, under both of Django's names for it."""
    parser.add_argument("--noinput", "--no-input", action="store_true", help="Ask nothing.")


def events_alias(database: str | None) -> str:
    """Return the database to work on."""
    return EventStore(using=database).using


def ask(question: str, expected: str) -> None:
    """Ask at the terminal. Raise CommandError for every answer but the expected one."""
    try:
        answer = input(question)
    except EOFError:
        print()
        raise CommandError("Nothing was changed: nobody can answer here. Use --noinput.") from None
    except KeyboardInterrupt:
        print()
        raise CommandError("Nothing was changed.", returncode=_INTERRUPTED) from None
    if answer.strip() != expected:
        raise CommandError("Nothing was changed.")


def _find(alias: str, name: str) -> Subscription:
    try:
        with backend_for(alias).translated():
            return operations.find(alias, name)
    except UnknownSubscription:
        if registry.get(name) is None:
            raise
        raise CommandError(
            f"Subscription {name!r} is declared, but has never been run in database {alias!r}: "
            f"{_command('run_subscriptions', alias, name)} begins it."
        ) from None


def _hindrances(alias: str, name: str) -> Iterator[str]:
    status = operations.find(alias, name).status
    if status != Subscription.Status.RUNNING:
        yield f"It is {status}: nothing is handled before {_command('resume_subscription', alias, name)}."
    if not _has_worker(alias, name):
        yield f"No worker is running it now: {_command('run_subscriptions', alias, name)} starts one."


def _command(command: str, alias: str, name: str) -> str:
    database = "" if alias == events_alias(None) else f" --database {quote(alias)}"
    return f"'manage.py {command} {quote(name)}{database}'"


def _has_worker(alias: str, name: str) -> bool:
    alive = Worker.objects.using(alias).filter(lease_until__gte=Now())
    return any(name in names for names in alive.values_list("subscriptions", flat=True))
