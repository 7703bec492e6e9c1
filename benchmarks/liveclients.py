"""A uvicorn process, and clients that follow its live feed on one event loop."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model

NAME = "benchmark-live"


@contextmanager
def served() -> Iterator[tuple[int, int]]:
    """Serve the API with uvicorn; give its port and process id. Its database sessions are named ``NAME``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.live_settings", "PGAPPNAME": NAME}
    command = ["uvicorn", "example_project.asgi:application", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--lifespan", "off"], env={**os.environ, **settings}, start_new_session=True
    )
    try:
        while process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


def memory(pid: int) -> int:
    """Return the resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def cookie() -> str:
    """Return the session of a superuser."""
    user, _ = get_user_model()._default_manager.get_or_create(username="live", defaults={"is_superuser": True})
    session = import_module("django.contrib.sessions.backends.signed_cookies").SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"


class Clients:
    """So many clients of one feed, in a thread; they note when each of the streams is told of."""

    def __init__(self, port: int, count: int, expected: int) -> None:
        self._port = port
        self._count = count
        self._expected = expected
        self._cookie = cookie()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self.opened = threading.Semaphore(0)
        self.seen: list[tuple[str, float]] = []

    def __enter__(self) -> Clients:
        self._thread.start()
        for _ in range(self._count):
            self.opened.acquire(timeout=60)
        return self

    def __exit__(self, *error: object) -> None:
        self._thread.join()

    async def _run(self) -> None:
        await asyncio.gather(*(self._follow() for _ in range(self._count)))

    async def _follow(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        path = "/events/live/?category=Latency"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self._cookie}\r\n\r\n".encode())
        left = self._expected
        while left and (line := await reader.readline()):
            if line.startswith(b"id: ") and left == self._expected:
                self.opened.release()
            # The first event of the appender is its warm-up, in a stream of another category.
            if line.startswith(b"data: "):
                self.seen.append((line.split(b'"stream_id":"', 1)[1].split(b'"', 1)[0].decode(), time.time()))
                left -= 1
        writer.close()
