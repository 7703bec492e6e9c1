"""Verify that a log is whole."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...store import EventStore
from ...transfer.failures import told_in_one_line
from ...transfer.progress import ProgressBar, beside_bars
from ...verifying.findings import Finding
from ...verifying.scopes import Scope
from ...verifying.verdicts import Verdict
from ...verifying.verification import Verification
from ..columns import printable
from ..operating import add_database_option
from ..pipes import end_quietly

_BROKEN = 1
_NOT_VERIFIED = 2
_INTERRUPTED = 130
_MOST = 100


class Command(BaseCommand):
    """``manage.py verify_events``."""

    help = (
        "Verify that the log is whole, as after a restore, a failover or an upgrade: versions without holes, "
        "positions, rows that agree with the streams' names, the sequence, checkpoints of subscriptions, snapshots. "
        "Nothing is written, and writers can go on meanwhile. Exit codes: 0 whole, 1 findings, 2 not verified."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the scope and the form."""
        add_database_option(parser)
        parser.add_argument("--stream", metavar="NAME", help="Only this stream.")
        parser.add_argument(
            "--from",
            dest="from_position",
            type=_number,
            metavar="POSITION",
            help="Only streams that have events from this position on.",
        )
        parser.add_argument(
            "--types",
            action="store_true",
            help="Read the payloads too: whether each can be decoded and upcast, and becomes the class of its type.",
        )
        parser.add_argument("--json", action="store_true", help="As JSON: a line with an object for each finding.")
        parser.add_argument(
            "--most",
            type=_number,
            default=_MOST,
            metavar="N",
            help=f"Show so many findings ({_MOST}), count the others.",
        )
        parser.add_argument("--no-progress", action="store_true", help="Show no progress bar.")

    def handle(self, **options: Any) -> None:
        """Verify; show what is found, and how it ended."""
        verdict = Verdict()
        try:
            with told_in_one_line():
                self._run(verdict, **options)
        except CommandError as error:
            error.returncode = _NOT_VERIFIED
            raise
        except BrokenPipeError:
            end_quietly()
        if verdict.findings:
            raise SystemExit(_BROKEN)

    def _run(self, verdict: Verdict, **options: Any) -> None:
        job = Verification(EventStore(using=options["database"]), Scope(options["stream"], options["from_position"]))
        try:
            for finding in _findings(job, verdict, types=options["types"], shown=not options["no_progress"]):
                verdict.add(finding)
                if verdict.findings <= options["most"]:
                    self._tell(finding, as_json=options["json"])
        except KeyboardInterrupt:
            self.stderr.write(
                f"Interrupted: {verdict.findings} findings in {job.streams} streams, and not all were seen."
            )
            raise SystemExit(_INTERRUPTED) from None
        if job.scope.is_one_stream and not job.streams and job.scope.from_position is None:
            raise CommandError(f"There is no stream {options['stream']!r} here.")
        # What programs read holds findings and nothing else.
        out = self.stderr if options["json"] else self.stdout
        if verdict.findings > options["most"]:
            out.write(f"{verdict.findings - options['most']} more findings: see --most.")
        out.write("\n".join(map(printable, verdict.lines(job.streams, job.events))))

    def _tell(self, finding: Finding, *, as_json: bool) -> None:
        with beside_bars():
            if as_json:
                self.stdout.write(json.dumps(finding.document(), ensure_ascii=False))
            else:
                self.stdout.write(printable(f"{finding.kind}: {finding.text}"))


def _findings(job: Verification, verdict: Verdict, *, types: bool, shown: bool) -> Iterator[Finding]:
    yield from job.log()
    with ProgressBar(job.length, " streams", shown=shown) as bar:
        yield from job.histories(bar.advance)
    if types:
        check = job.payloads()
        with ProgressBar(check.length, " positions", shown=shown) as bar:
            yield from check.findings(bar.advance)
        verdict.unregistered = check.unregistered()


def _number(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise ArgumentTypeError(f"{text} is not a whole number from 0 on")
