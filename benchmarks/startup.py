"""What the app adds to ``django.setup()``: processes with it and without it, in turns."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from functools import partial

from .measuring import Quantity, rates_in_turns

ROUNDS = 4
"""So many for each round of the other benchmarks: a process takes less than a second."""

_APP = "eventstore_django"
_DRF = "rest_framework"


def run(rounds: int) -> list[Quantity]:
    """Compare settings with and without the app, and the same beside REST framework, which is not counted."""
    with tempfile.TemporaryDirectory() as directory:
        # As where it is installed: its bytecode is written once, by the round that does not count.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": directory}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        contenders = {
            "Django": partial(_setup, environment),
            "Django and the app": partial(_setup, environment, _APP),
            "Django and REST framework": partial(_setup, environment, _DRF),
            "both and the app": partial(_setup, environment, _DRF, _APP),
        }
        taken = rates_in_turns(contenders, rounds * ROUNDS)
    bare = statistics.median(taken["Django"])
    found = [_told("django.setup()", name, times, bare) for name, times in taken.items()]
    django, app, framework, both = taken.values()
    for name, without, beside in (("the app adds", django, app), ("beside REST framework", framework, both)):
        added = [more - less for less, more in zip(without, beside, strict=True)]
        found.append(_told("django.setup(), difference", name, added, bare))
    return found


def _setup(environment: dict[str, str], *apps: str) -> float:
    """Return the milliseconds that it took."""
    command = [sys.executable, "-m", "benchmarks.starter", *apps]
    return float(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


def _told(benchmark: str, name: str, times: list[float], bare: float) -> Quantity:
    median = statistics.median(times)
    return Quantity(benchmark, name, median, "ms", median / bare)
