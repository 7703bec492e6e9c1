"""A process that reads a log and tells the most memory that it has had: ``python -m benchmarks.reader EVENTS``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")


def main(events: int) -> None:
    """Read so many events by ``iter_all_events``; print the peak at the start and on the way, a line each."""
    django.setup()
    from eventstore_django import EventStore

    from . import logs

    store = EventStore(using=logs.alias(events))
    next(store.iter_all_events())
    _tell("the first event", peak())
    steps = {events * percent // 100: percent for percent in (10, 50, 100)}
    for number, _ in enumerate(store.iter_all_events(), 1):
        if number in steps:
            _tell(f"{steps[number]} %", peak())


def peak() -> float:
    """Return the peak of the resident memory in MiB."""
    # Not ru_maxrss: a process inherits that of its parent.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def _tell(part: str, mebibytes: float) -> None:
    print(part, f"{mebibytes:.1f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
