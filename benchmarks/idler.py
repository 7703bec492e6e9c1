"""A worker with nothing to do, which tells of each query: ``python -m benchmarks.idler SUBSCRIPTIONS``."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from io import StringIO
from typing import Any

import django
from django.db.backends.signals import connection_created

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")

PREFIX = "benchmark-idle-"


def main(subscriptions: int) -> None:
    """Run so many subscriptions until SIGTERM; print a line for each query: time, and CPU time of the process."""
    django.setup()
    from django.core.management import call_command

    from eventstore_django import subscription

    connection_created.connect(_listen, weak=False)
    for number in range(subscriptions):
        subscription(f"{PREFIX}{number}", start="now")(_handler())
    call_command("run_subscriptions", no_progress=True, stdout=StringIO())


def _handler() -> Callable[[Any], None]:
    def handle(event: Any) -> None:
        pass

    return handle


def _listen(connection: Any, **kwargs: Any) -> None:
    connection.execute_wrappers.append(_tell)


def _tell(execute: Callable[..., Any], *arguments: Any) -> Any:
    # In one piece: several threads ask.
    os.write(1, f"{time.monotonic()} {time.process_time()}\n".encode())
    return execute(*arguments)


if __name__ == "__main__":
    main(int(sys.argv[1]))
