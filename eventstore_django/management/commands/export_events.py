"""Write events as JSON Lines."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from ...store import EventStore
from ...transfer.exporting import EventExport, Selection
from ...transfer.failures import told_in_one_line
from ...transfer.lines import STANDARD_STREAM
from ...transfer.progress import ProgressBar
from ...transfer.targets import open_target
from ..pipes import end_quietly

_INTERRUPTED = 130
_MOST_NAMED = 20


class Command(BaseCommand):
    """``manage.py export_events``."""

    help = (
        "Export events as JSON Lines in the global order, ready for import_events: those that are settled when the "
        "export begins. A file appears under its name when it is complete."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and the selection."""
        parser.add_argument(
            "path",
            nargs="?",
            default=STANDARD_STREAM,
            help="The file, gzipped if its name ends in .gz; - (the default) is standard output.",
        )
        parser.add_argument(
            "--database", choices=tuple(connections), help="Export from this database; by default where events live."
        )
        parser.add_argument("--stream", help="Only this stream.")
        parser.add_argument("--category", help="Only streams of this category.")
        parser.add_argument("--partition", help="Only streams of this partition (tenant).")
        parser.add_argument("--from-position", type=int, metavar="N", help="Only from this position on, it included.")
        parser.add_argument("--to-position", type=int, metavar="N", help="Only up to this position, it included.")
        parser.add_argument("--no-progress", action="store_true", help="Show no progress bar.")

    def handle(self, *, path: str, **options: Any) -> None:
        """Export; tell how many events, where standard output is free for it."""
        chosen = {key: options[key] for key in Selection.__slots__}
        try:
            with told_in_one_line():
                export = EventExport(EventStore(using=options["database"]), Selection(**chosen))
                self._run(export, path, **options)
        except BrokenPipeError:
            end_quietly()
        except KeyboardInterrupt:
            self.stderr.write("Interrupted: the export is not complete.")
            raise SystemExit(_INTERRUPTED) from None
        if export.undecodable:
            self.stderr.write(_told(export.undecodable))
        if path != STANDARD_STREAM:
            self.stdout.write(f"{export.events} events")

    def _run(self, export: EventExport, path: str, *, no_progress: bool, **options: Any) -> None:
        with (
            ProgressBar(export.length, " positions", shown=not no_progress) as bar,
            open_target(path, options.get("stdout")) as write,
        ):
            export.run(write, bar.advance)


def _told(undecodable: list[int]) -> str:
    named = ", ".join(map(str, undecodable[:_MOST_NAMED]))
    more = f" and {len(undecodable) - _MOST_NAMED} more" if len(undecodable) > _MOST_NAMED else ""
    return (
        f"Python can't decode {len(undecodable)} of these events, which another client has written, at {named}{more}: "
        "their JSON is exported as it is stored, and import_events will refuse it."
    )
