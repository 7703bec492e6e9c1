"""From the commit of an append to the client of a live feed, and what many clients cost the server."""

from __future__ import annotations

import statistics
import threading
import time
from functools import partial

from django.db import connections

from . import floor
from .appender import Appender
from .liveclients import NAME, Clients, memory, served
from .measuring import Figure, in_turns

MANY = 200


def run(rounds: int) -> list[Figure]:
    """Measure one over the median latency, of one client at 100 appends/s and of 200 clients at 10 appends/s."""
    contenders = {
        "1 client, 100 appends/s": partial(_latency, 1, 300, 0.01),
        f"{MANY} clients, 10 appends/s": partial(_latency, MANY, 50, 0.1),
    }
    return in_turns("append to live client, 1/latency", contenders, rounds)


def _latency(count: int, appends: int, pause: float) -> float:
    with served() as (port, pid), Sessions() as sessions:
        appending = Appender("default", notifications=True, appends=appends, pause=pause)
        with Clients(port, count, appends) as clients, appending as appender:
            pass
        taken = memory(pid)
    waited = sorted(at - appender.sent[name] for name, at in clients.seen)
    assert len(waited) == count * appends, "an event was missed or doubled"
    median, late = statistics.median(waited), waited[int(len(waited) * 0.99)]
    print(
        f"{count:>4} clients: {1000 * median:.1f} ms median, {1000 * late:.1f} ms p99, at most {sessions.most} "
        f"connections, {taken} MiB resident",
        flush=True,
    )
    return 1 / median


class Sessions:
    """Counts the database sessions of the server, over and over, in a thread."""

    def __init__(self) -> None:
        self.most = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Sessions:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with floor.connect() as connection:
            while not self._stop.is_set():
                sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
                row = connection.execute(sql, [NAME]).fetchone()
                self.most = max(self.most, row[0] if row else 0)
                time.sleep(0.02)
        connections.close_all()
