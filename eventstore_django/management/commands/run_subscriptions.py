"""Run durable subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import autoreload

from ... import conf
from ...models import Subscription
from ...store import EventStore
from ...subscriptions.declarations import Declaration
from ...transfer.failures import told_in_one_line
from ...workers.choosing import chosen
from ...workers.ending import Backstop, leave_process
from ...workers.runner import SubscriptionRunner
from ...workers.statuses import statuses
from ...workers.stopping import StopFlag, StopSignals
from ...workers.tracebacks import error_line
from ..listing import overview
from ..progress import ProgressReport
from ..reloading import run_with_reloader, stopped_at_exit


class Command(BaseCommand):
    """``manage.py run_subscriptions``."""

    help = (
        "Run the durable subscriptions of this project, in as many processes on as many machines as you like. "
        "SIGTERM or Ctrl-C finishes the event at hand and gives the shards back; a second one does so at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the names and how to run."""
        parser.add_argument("names", nargs="*", metavar="NAME", help="Only these subscriptions.")
        parser.add_argument("--database", choices=tuple(connections), help="By default where events live.")
        parser.add_argument("--once", action="store_true", help="Handle what is there now, then stop.")
        parser.add_argument("--list", action="store_true", help="Show the subscriptions and how far they are.")
        parser.add_argument("--no-progress", action="store_true", help="Show no progress bar.")
        parser.add_argument("--noreload", action="store_true", help="Don't start anew when code changes (DEBUG only).")

    def handle(self, *, names: list[str], **options: Any) -> None:
        """Run until stopped, or as the options say."""
        alias = EventStore(using=options["database"]).using
        with told_in_one_line():
            if options["list"]:
                self.stdout.write(overview(alias, names))
                return
            declarations = chosen(names)
        if not declarations:
            raise CommandError("No subscription is declared: put one into the module subscribers of an app.")
        if settings.DEBUG and not options["noreload"] and not options["once"]:
            run_with_reloader(self._run_beside_reloader, alias, declarations, **options)
        else:
            self._run(alias, declarations, **options)

    def _run(self, alias: str, declarations: Sequence[Declaration], **options: Any) -> None:
        flag = StopFlag()
        with StopSignals(flag).installed():
            self._work(alias, declarations, flag, **options)

    def _run_beside_reloader(self, alias: str, declarations: Sequence[Declaration], **options: Any) -> None:
        # The reloader has the main thread, and with it the signals.
        autoreload.raise_last_exception()
        # What is registered last runs first: an embedded server must not end before the worker has.
        connections[alias].ensure_connection()
        flag = StopFlag()
        done = stopped_at_exit(flag.set)
        try:
            self._work(alias, declarations, flag, **options)
        finally:
            done.set()

    def _work(self, alias: str, declarations: Sequence[Declaration], flag: StopFlag, **options: Any) -> None:
        with told_in_one_line(), ProgressReport(self.stdout.write, shown=not options["no_progress"]) as report:
            backstop = Backstop(_longest_silence(declarations))
            runner = SubscriptionRunner(alias, declarations, stop=flag, report=report, still_alive=backstop.arm)
            try:
                if options["once"]:
                    runner.run_to_head()
                    _refuse_silence(alias, declarations)
                else:
                    runner.run()
            finally:
                backstop.disarm()
                if runner.broken_off:
                    # An async handler goes on in its thread, and exit() would wait for it.
                    leave_process()


def _refuse_silence(alias: str, declarations: Sequence[Declaration]) -> None:
    """Raise CommandError if one of them is stopped: whoever runs them once wants to know what was not handled."""
    names = [declaration.name for declaration in declarations]
    stopped = [each for each in statuses(alias, names) if each.status == Subscription.Status.STOPPED]
    if stopped:
        told = "; ".join(f"{each.name} at position {each.position} ({error_line(each.last_error)})" for each in stopped)
        raise CommandError(f"Stopped by a failing handler: {told}. Go on with resume_subscription.")


def _longest_silence(declarations: Sequence[Declaration]) -> float:
    """Return the seconds after which a process that shows no life is not only slow."""
    limits = [declaration.time_limit or conf.handler_time_limit() for declaration in declarations]
    return max(limits) + 2 * conf.lease_seconds()
