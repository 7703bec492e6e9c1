"""The resident memory of a process that reads a whole log: flat, however long the log is."""

from __future__ import annotations

import os
import subprocess
import sys

from . import logs
from .measuring import Quantity

EVENTS = 1_000_000


def run(rounds: int) -> list[Quantity]:
    """Read a million events by ``iter_all_events``, once, or as many as ``GROWTH_EVENTS`` says."""
    events = int(os.environ.get("GROWTH_EVENTS", EVENTS))
    logs.filled(events)
    command = [sys.executable, "-m", "benchmarks.reader", str(events)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    peaks = [(line.rpartition(" ")[0], float(line.rpartition(" ")[2])) for line in told.splitlines()]
    base = dict(peaks)["10 %"]
    benchmark = f"peak memory, {events:,} events read"
    return [Quantity(benchmark, f"at {part}", peak, "MiB", peak / base) for part, peak in peaks]
