"""Build a new version of a subscription's read model, and switch to it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from ...exceptions import EventStoreError
from ...store import EventStore
from ...transfer.failures import told_in_one_line
from ...transfer.progress import ProgressBar
from ...workers.choosing import chosen
from ...workers.rebuilding import Rebuild, RebuildProgress
from ...workers.reports import Report
from ...workers.stopping import StopFlag, StopSignals

_INTERRUPTED = 130


class Command(BaseCommand):
    """``manage.py rebuild_subscription``."""

    help = (
        "Replay a subscription from the beginning into a new version of its read model, beside the one in use, and "
        "switch when it has caught up. Interrupted, it goes on where it was when it is run again. The workers need not "
        "be stopped. For subscriptions that are declared with versioned=True."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name and how to rebuild."""
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--database", choices=tuple(connections), help="By default where events live.")
        parser.add_argument("--restart", action="store_true", help="Throw away what an interrupted run has done.")
        parser.add_argument(
            "--keep-aside",
            action="store_true",
            help="Park events that fail in the new version; by default the first one ends the rebuild.",
        )
        parser.add_argument("--no-progress", action="store_true", help="Show no progress bar.")

    def handle(self, *, name: str, **options: Any) -> None:
        """Rebuild until switched or interrupted."""
        alias = EventStore(using=options["database"]).using
        flag = StopFlag()
        with told_in_one_line(), StopSignals(flag).installed():
            (declaration,) = chosen([name])
            report = Report(self.stdout.write)
            rebuild = Rebuild(alias, declaration, keep_aside=options["keep_aside"], stop=flag, report=report)
            if options["restart"]:
                rebuild.discard()
            switched = self._run(rebuild, shown=not options["no_progress"])
        if not switched:
            self.stderr.write("Interrupted: run it again to go on where it was.")
            raise SystemExit(_INTERRUPTED)

    def _run(self, rebuild: Rebuild, *, shown: bool) -> bool:
        with ProgressBar(None, " positions", shown=shown) as bar:

            def progress(now: RebuildProgress) -> None:
                bar.aim(now.target)
                bar.advance(now.position, now.handled)

            try:
                return rebuild.run(progress)
            except EventStoreError:
                raise
            except Exception as error:
                text = f"The handler failed ({type(error).__name__}: {error}). Mend it and run the command again."
                raise CommandError(text) from error
