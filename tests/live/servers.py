"""Real servers on the database of the tests: uvicorn, and threads for WSGI."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from tests.concurrency.processes import database_url
from tests.concurrency.sessions import DEADLINE, value

from .clients import Client

PROJECT = Path(__file__).resolve().parents[2]
_ARGUMENTS = {
    "asgi": ["uvicorn", "example_project.asgi:application", "--lifespan", "off", "--port"],
    "wsgi": ["tests.live.wsgi"],
}


class Server:
    """A process that serves the example; its database sessions carry its ``name``."""

    def __init__(
        self, kind: str, log: Path, settings: dict[str, Any] | None = None, *, port: int = 0, url: str = ""
    ) -> None:
        self.kind, self._log = kind, log
        self._clients: list[Client] = []
        self.port = port or _free_port()
        self.name = f"live-{kind}-{self.port}"
        environment = {
            "DATABASE_URL": url or database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.live.settings",
            "LIVE_EVENTSTORE": json.dumps(settings),
            "PGAPPNAME": self.name,
        }
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *_ARGUMENTS[kind], str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=PROJECT,
                start_new_session=True,
                env={**os.environ, **environment},
            )
        self.until(self._answers, "did not start")

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    @property
    def output(self) -> str:
        """What it has written so far."""
        return self._log.read_text()

    def get(self, path: str, *, user: str = "reader", **headers: str) -> Client:
        """Ask for a path below the API; the answer is still open."""
        self._clients.append(Client(self.port, f"/eventstore/{path}", user, headers))
        return self._clients[-1]

    def lose_clients(self) -> None:
        """Let all of them leave."""
        for client in self._clients:
            client.leave()

    def connections(self) -> int:
        """How many connections to the database it has."""
        found: int = value("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", self.name)
        return found

    def until(self, condition: Callable[[], object], otherwise: str) -> None:
        """Wait for something that this process does. Fail if it ends first."""
        end = monotonic() + DEADLINE
        while not condition():
            assert self.process.poll() is None, f"it ended:\n{self.output}"
            assert monotonic() < end, f"it {otherwise}:\n{self.output}"
            sleep(0.02)

    def terminate(self) -> int:
        """Ask it to stop; return its exit code."""
        self.process.terminate()
        return self.process.wait(DEADLINE)

    def kill(self) -> None:
        """End it without a word, and its clients."""
        self.lose_clients()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(DEADLINE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
