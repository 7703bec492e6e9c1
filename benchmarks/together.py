"""Processes that begin together and are counted together."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from typing import Any

import django
from django.db import connections

WRITERS = 8

Work = Callable[[int], object]
"""One piece of work; it is given its number, from 1 on. 0 is a warm-up that does not count."""


def together(make: Callable[..., Work], *arguments: Any, calls: int, writers: int = WRITERS) -> float:
    """Let so many processes each do so many pieces of the work that ``make`` returns; return pieces a second.

    ``make`` is called in each process, after ``django.setup()``.
    """
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(writers + 1)
    processes = [context.Process(target=_run, args=(make, arguments, calls, barrier)) for _ in range(writers)]
    for process in processes:
        process.start()
    barrier.wait()
    start = time.perf_counter()
    barrier.wait()
    elapsed = time.perf_counter() - start
    for process in processes:
        process.join()
    return writers * calls / elapsed


def _run(make: Callable[..., Work], arguments: tuple[Any, ...], calls: int, barrier: Any) -> None:
    django.setup()
    work = make(*arguments)
    work(0)
    barrier.wait()
    for number in range(1, calls + 1):
        work(number)
    barrier.wait()
    connections.close_all()
