"""``manage.py run_subscriptions`` as processes that are stopped, killed and listened to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from eventstore_django.models import SubscriptionShard, Worker
from tests.concurrency.processes import database_url
from tests.concurrency.sessions import DEADLINE, rows, value

from .handling import DIRECTORY

PROJECT = Path(__file__).resolve().parents[2]
_PREFIX = "worker-"

SOON = 20.0
"""Seconds: far more than is needed for what should happen at once."""


class Command:
    """One process that runs subscriptions; its database sessions carry its ``name``."""

    def __init__(self, name: str, arguments: list[str], environment: Mapping[str, str], directory: Path) -> None:
        self.name = name
        self._directory = directory
        self._worker_id: UUID | None = None
        self._output = directory / f"{name}.log"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "django", "run_subscriptions", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory,
                start_new_session=True,
                env={**os.environ, **environment, "PGAPPNAME": name},
            )

    @property
    def pid(self) -> int:
        """Process id, as in the traces of its handlers."""
        return self.process.pid

    @property
    def output(self) -> str:
        """What it has written so far."""
        return self._output.read_text()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def told(self, text: str) -> None:
        """Wait until it has written this."""
        self.until(lambda: text in self.output, f"did not tell {text!r}")

    def until(
        self, condition: Callable[[], object], otherwise: str = "did not do it", seconds: float = DEADLINE
    ) -> None:
        """Wait for something that this process does. Fail if it ends first."""
        end = monotonic() + seconds
        while not condition():
            assert self.is_running, f"{self.name} ended with {self.process.returncode}:\n{self.output}"
            assert monotonic() < end, f"{self.name} {otherwise}:\n{self.output}"
            sleep(0.01)

    def called(self, order: str, times: int = 1) -> None:
        """Wait until its handlers have come to such an order so often."""
        self.until(lambda: self._calls(order) >= times, f"did not call the handler of {order!r}", SOON)

    def _calls(self, order: str) -> int:
        return sum(len(path.read_text().splitlines()) for path in self._directory.glob(f"{order}-*-{self.pid}"))

    def let_go(self, position: int) -> None:
        """Let its handler go on that waits with the event at this position."""
        (self._directory / f"go-{position}-{self.pid}").touch()

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def terminate(self) -> int:
        """Ask it to stop; return its exit code."""
        self.send(signal.SIGTERM)
        return self.wait()

    def wait(self, seconds: float = DEADLINE) -> int:
        """Wait until it has ended; return its exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end in {seconds:g} seconds:\n{self.output}") from None

    def kill(self) -> None:
        """End it without a word, and what it has started."""
        os.killpg(self.pid, signal.SIGKILL)
        self.process.wait(DEADLINE)

    def shards(self) -> list[SubscriptionShard]:
        """Return the shards that it owns, or owned when it ended without a word."""
        if self._worker_id is None:
            workers = Worker.objects.filter(name__endswith=f":{self.pid}")
            self._worker_id = workers.values_list("worker_id", flat=True).first()
        return list(SubscriptionShard.objects.exclude(owner=None).filter(owner=self._worker_id).order_by("pk"))

    def owns(self, count: int, *, seconds: float = DEADLINE) -> None:
        """Wait until it owns so many shards."""
        self.until(lambda: len(self.shards()) == count, f"did not come to own {count} shards", seconds)

    def sessions(self) -> list[tuple[int, str]]:
        """Return process id and state of its database sessions."""
        return rows(
            "SELECT pid, state FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()",
            self.name,
        )

    def cut_off(self) -> None:
        """End all of its database sessions."""
        for pid, _ in self.sessions():
            value("SELECT pg_terminate_backend(%s, 10000)", pid)

    def rests(self, seconds: float) -> None:
        """Wait until it has asked the database for nothing for so long, and so waits for even longer."""
        asked = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = current_database() "
            "AND state_change > clock_timestamp() - make_interval(secs => %s)"
        )
        self.until(lambda: not value(asked, self.name, seconds), "is never at rest")

    def waits_for_lock(self) -> bool:
        """Whether one of its statements waits for somebody else's lock."""
        waiting = (
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = %s AND datname = current_database() "
            "AND wait_event_type = 'Lock'"
        )
        return bool(value(waiting, self.name))

    def has_open_transaction(self, seconds: float) -> bool:
        """Whether it has let a transaction stay open for so long without asking for anything."""
        found = (
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = %s AND datname = current_database() "
            "AND starts_with(state, 'idle in transaction') "
            "AND state_change < clock_timestamp() - make_interval(secs => %s)"
        )
        return bool(value(found, self.name, seconds))

    def has_written(self) -> bool:
        """Whether it has an open transaction that has written something."""
        found = rows(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND datname = current_database() "
            "AND backend_xid IS NOT NULL",
            self.name,
        )
        return bool(found)


class Commands:
    """The processes of one test. None of them outlives it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._started: list[Command] = []

    def start(
        self,
        *arguments: str,
        settings: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        reload: bool = False,
    ) -> Command:
        """Run subscriptions with these arguments; ``settings`` is their ``EVENTSTORE``."""
        name = f"{_PREFIX}{len(self._started)}"
        variables = {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.workers.settings",
            "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(PROJECT)])),
            "PYTHONUNBUFFERED": "1",
            "WORKERS_EVENTSTORE": json.dumps(settings or {}),
            DIRECTORY: str(self.directory),
            **(environment or {}),
        }
        options = [] if reload else ["--noreload"]
        command = Command(name, [*options, "--no-progress", *arguments], variables, self.directory)
        self._started.append(command)
        return command

    def close(self) -> None:
        """End what still runs, on both sides of the connections."""
        for command in self._started:
            if command.is_running:
                command.kill()
        rows(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE starts_with(application_name, %s) AND datname = current_database()",
            _PREFIX,
        )
