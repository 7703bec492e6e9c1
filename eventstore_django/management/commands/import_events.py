"""Read events from JSON Lines into the store."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from ...plans import MAX_EVENTS
from ...store import EventStore
from ...transfer.failures import told_in_one_line
from ...transfer.importing import EventImport, ImportProgress
from ...transfer.lines import open_lines
from ...transfer.progress import ProgressBar

_INTERRUPTED = 130


class Command(BaseCommand):
    """``manage.py import_events``."""

    help = (
        "Import events from JSON Lines: one object a line with stream_id, event_type, payload, occurred_at and, "
        "if wanted, metadata, event_id, aggregate_id, aggregate_type, schema_version. It can be run again after "
        "whatever ended it: events that are stored already are left as they are. A line without event_id is known "
        "by its number and content."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and how to read it."""
        parser.add_argument("path", help="A plain or gzipped file, or - for standard input.")
        parser.add_argument(
            "--database", choices=tuple(connections), help="Import into this database; by default where events live."
        )
        parser.add_argument("--dry-run", action="store_true", help="Check every line, write nothing.")
        parser.add_argument("--no-progress", action="store_true", help="Show no progress bar.")
        parser.add_argument(
            "--chunk-size",
            type=_chunk_size,
            default=MAX_EVENTS,
            help=f"Events of one transaction, at most {MAX_EVENTS} (the default).",
        )

    def handle(self, *, path: str, **options: Any) -> None:
        """Import; tell how it ended."""
        job = EventImport(
            EventStore(using=options["database"]), chunk_size=options["chunk_size"], dry_run=options["dry_run"]
        )
        try:
            with told_in_one_line():
                self._run(job, path, shown=not options["no_progress"])
        except KeyboardInterrupt:
            self._interrupted(job.progress, dry_run=options["dry_run"])
        self.stdout.write(_summary(job.progress, dry_run=options["dry_run"]))

    def _run(self, job: EventImport, path: str, *, shown: bool) -> None:
        with open_lines(path) as lines, ProgressBar(lines.size, "B", shown=shown) as bar:
            job.run(
                lines,
                lambda progress: bar.advance(lines.position, progress.events),
                read_ahead=lines.is_complete,
            )

    def _interrupted(self, progress: ImportProgress, *, dry_run: bool) -> NoReturn:
        stored = "nothing was written" if dry_run else f"{progress.events} events are stored"
        self.stderr.write(f"Interrupted after line {progress.line}: {stored}. Run it again to go on.")
        raise SystemExit(_INTERRUPTED)


def _summary(progress: ImportProgress, *, dry_run: bool) -> str:
    stored = "would be stored" if dry_run else "stored"
    return f"{progress.events} events: {progress.stored} {stored}, {progress.known} there already"


def _chunk_size(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_EVENTS:
        return int(text)
    raise ArgumentTypeError(f"{text} is not a number from 1 to {MAX_EVENTS}")
