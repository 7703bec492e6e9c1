"""What a worker costs that has nothing to do: CPU time and queries."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time

from eventstore_django.models import Subscription

from .idler import PREFIX
from .measuring import Quantity

SUBSCRIPTIONS = (1, 30)
SETTLING = 5
"""Seconds after the start of the process: it looks more often at first."""
SECONDS = 20
"""Longer than leases last: they are renewed, and shards looked at, more than once."""


def run(rounds: int) -> list[Quantity]:
    """Run ``run_subscriptions`` with one subscription and with 30, once each."""
    found = {f"subscriptions: {number}": _idle(number) for number in SUBSCRIPTIONS}
    base_cpu, base_queries = next(iter(found.values()))
    times = [Quantity("idle worker, CPU", name, cpu, "s/min", cpu / base_cpu) for name, (cpu, _) in found.items()]
    asked = {name: queries for name, (_, queries) in found.items()}
    return times + [Quantity("idle worker, queries", name, n, "/s", n / base_queries) for name, n in asked.items()]


def _idle(subscriptions: int) -> tuple[float, float]:
    """Return seconds of CPU time a minute, and queries a second."""
    with tempfile.TemporaryFile("w+") as output:
        command = [sys.executable, "-m", "benchmarks.idler", str(subscriptions)]
        process = subprocess.Popen(command, stdout=output)
        try:
            time.sleep(SETTLING)
            start = time.monotonic()
            time.sleep(SECONDS)
        finally:
            process.terminate()
            process.wait()
            Subscription.objects.using("default").filter(pk__startswith=PREFIX).delete()
        output.seek(0)
        told = [tuple(map(float, line.split())) for line in output]
    # The last ones are of its end.
    inside = [(at, cpu) for at, cpu in told if start <= at <= start + SECONDS]
    (first, cpu_before), (last, cpu_after) = inside[0], inside[-1]
    return (cpu_after - cpu_before) / (last - first) * 60, (len(inside) - 1) / (last - first)
