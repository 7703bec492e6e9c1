"""Lines of events, and what became of them in a database."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection

from eventstore_django.models import Event
from eventstore_django.transfer.lines import Lines

TIME = "2011-09-30T22:38:44.546789+00:00"
EVENT_ID = "5f0c1c0e-3a52-4f6e-9c7e-0a8b1c2d3e4f"
_CONTENT = ("stream_id", "event_type", "payload", "metadata", "occurred_at")
_ROOT = Path(__file__).resolve().parent.parent.parent


def fields(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The fields of a line; a change to None takes the key away."""
    found = {
        "stream_id": f"Account-{number % 7}",
        "event_type": "MoneyDeposited",
        "payload": {"number": number},
        "metadata": {"resource": "7"},
        "occurred_at": TIME,
        **changes,
    }
    return {key: value for key, value in found.items() if value is not None}


def line(number: int = 1, **changes: Any) -> bytes:
    return json.dumps(fields(number, **changes)).encode()


def content_of(*lines: bytes) -> bytes:
    return b"".join(text + b"\n" for text in lines)


def lines_of(*lines: bytes) -> Lines:
    return reading(content_of(*lines))


def reading(content: bytes) -> Lines:
    return Lines(BufferedReader(BytesIO(content)))


def sample(path: Path, count: int) -> Path:
    """A file of so many different events in a few streams."""
    path.write_bytes(content_of(*(line(number) for number in range(count))))
    return path


def inputs(path: Path) -> list[dict[str, Any]]:
    """What the lines of a file say, with times made comparable."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [_comparable(json.loads(text)) for text in content.splitlines()]


def _comparable(event: dict[str, Any]) -> dict[str, Any]:
    found = {key: event[key] for key in _CONTENT}
    found["occurred_at"] = datetime.fromisoformat(found["occurred_at"])
    return found


def stored(using: str = "default") -> list[dict[str, Any]]:
    """What the events of a database say, in the global order."""
    return list(Event.objects.using(using).order_by("position").values(*_CONTENT))


def numbers(using: str = "default") -> list[int]:
    """The numbers in the stored payloads, in the global order."""
    return [event["payload"]["number"] for event in stored(using)]


def data_file(name: str) -> Path:
    """A real log. It is not a part of the project: the test is skipped where it is missing."""
    path = Path(os.environ.get("EVENTSTORE_DATA") or _ROOT.parent / "shared" / "data") / name
    if not path.exists():
        pytest.skip(f"{path} is missing; EVENTSTORE_DATA names the directory of the real logs")
    return path


def manage(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start ``manage.py`` in a process of its own, on the test database."""
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, str(_ROOT / "manage.py"), *arguments]
    return subprocess.Popen(command, env=_environment(), cwd=settings.BASE_DIR, **{**pipes, **options})


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run ``manage.py`` to its end."""
    with manage(*arguments) as process:
        out, err = process.communicate(stdin, timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def feed(process: subprocess.Popen[bytes], content: Iterable[bytes]) -> None:
    """Write to a process's standard input without closing it: blocks until it has read nearly all."""
    assert process.stdin is not None
    for part in content:
        process.stdin.write(part)
    process.stdin.flush()


def parts(content: bytes, size: int = 4096) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def _environment() -> dict[str, str]:
    connection.ensure_connection()
    server = connection.connection.info
    query = urlencode({"host": server.host, "port": server.port, "user": server.user, "password": server.password})
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"postgres:///{quote(server.dbname, safe='')}?{query}",
    }
