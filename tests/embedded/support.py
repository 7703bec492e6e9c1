"""Helpers: user processes, and what is still running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from eventstore_django.embedded import watchdog

PROJECT = Path(__file__).resolve().parents[2]
FAST = {"fsync": "off"}
ANSWERS = "SELECT 'yes'"
STARTED = "SELECT pg_postmaster_start_time()::text"
SECONDS = 20.0


def until(condition: Callable[[], bool]) -> bool:
    """Wait for a condition that no lock and no wait() tells; False if it never holds."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def running(directory: Path) -> list[str]:
    """Return the processes of the servers at or below a directory, and of their watchdogs."""
    if Path("/proc/self").exists():
        return [found for entry in Path("/proc").glob("[0-9]*") if (found := _command(entry, directory))]
    listing = subprocess.check_output(["/bin/ps", "-axww", "-o", "command="], text=True)
    return [line for line in listing.splitlines() if str(directory) in line and "user.py" not in line]


def _command(entry: Path, directory: Path) -> str:
    try:
        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        inside = Path(os.readlink(entry / "cwd").removesuffix(" (deleted)")).is_relative_to(directory)
    except OSError:
        # It ended in between, or it is another user's.
        return ""
    return command if inside or (str(directory) in command and "user.py" not in command) else ""


def servers(data: Path) -> list[str]:
    """Return the processes of the server alone."""
    return [command for command in running(data) if "postgres" in command and "watchdog.py" not in command]


def server_lock_is_free(data: Path) -> bool:
    """Tell whether the kernel knows of no process of the server."""
    descriptor = watchdog.open_lock(str(data), ".server")
    try:
        return watchdog.try_lock(descriptor)
    finally:
        os.close(descriptor)


def wait_for_watchdog(data: Path) -> bool:
    """Wait until the watchdog has done its work; False if it never does."""
    descriptor = watchdog.open_lock(str(data), ".watchdog")
    try:
        return watchdog.lock_before(descriptor, time.monotonic() + SECONDS)
    finally:
        os.close(descriptor)


def nothing_is_left(data: Path) -> bool:
    """Tell whether server and watchdog end within the time limit."""
    # The watchdog tests the server's lock by taking it, a moment longer than it has its own.
    return wait_for_watchdog(data) and until(lambda: server_lock_is_free(data) and not running(data))


def postmaster(data: Path) -> int:
    """Return the process id of the running server."""
    return int(watchdog.postmaster_lines(str(data))[0])


def python_path(*first: Path) -> dict[str, str]:
    """Return the environment variable with which a process finds the package."""
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return {"PYTHONPATH": os.pathsep.join(filter(None, [*map(str, first), str(PROJECT), *inherited]))}


class User:
    """A process that uses the server until it is told to end."""

    def __init__(self, data: Path, environment: Mapping[str, str] | None = None, **arguments: Any) -> None:
        arguments = {"NAME": "shop", "PGDATA": str(data), "SERVER_SETTINGS": FAST, **arguments}
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("user.py")), json.dumps(arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **python_path(), **(environment or {})},
        )

    def report(self) -> dict[str, Any]:
        """Wait until a process uses the server, and return its id and what it got."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.errors()
        report: dict[str, Any] = json.loads(line)
        return report

    def answer(self) -> str:
        """Return the answer to the SQL statement or, if there is none, the host to connect to."""
        return str(self.report()["answer"])

    def errors(self) -> str:
        """Let the process end and return its standard error."""
        return self.process.communicate(timeout=SECONDS)[1].decode()

    def finish(self) -> int:
        """Let the process end normally and return its exit status."""
        self.process.communicate(timeout=SECONDS)
        return self.process.returncode

    def signal(self, number: int) -> int:
        """End the process by a signal and return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def discard(self) -> None:
        """End the process, whatever state it is in."""
        self.process.kill()
        self.process.communicate(timeout=SECONDS)
