"""PgBouncer in transaction mode, in front of the database of the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote, urlencode

import psycopg
from django.db import connection

PROGRAM = shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))

_PORT = 6432
_SECONDS = 20.0
_CONFIGURATION = """
[databases]
* = {server}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {directory}
unix_socket_mode = 0777
auth_type = any
pool_mode = transaction
default_pool_size = {size}
logfile = {directory}/log
pidfile = {directory}/pid
{user}
"""


@contextmanager
def pooled(size: int) -> Iterator[str]:
    """Run PgBouncer with so many server connections; give the URL of the database through it."""
    assert PROGRAM is not None
    directory = Path(tempfile.mkdtemp(prefix="pooler"))
    directory.chmod(0o777)
    (directory / "ini").write_text(_configuration(directory, size))
    process = subprocess.Popen([PROGRAM, "-q", str(directory / "ini")], stderr=subprocess.DEVNULL)
    try:
        url = _url(directory)
        _wait_for(url, process)
        yield url
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(directory)


def _configuration(directory: Path, size: int) -> str:
    info = connection.connection.info
    server = {"host": info.host, "port": info.port, "user": info.user, "password": info.password}
    return _CONFIGURATION.format(
        server=" ".join(f"{key}={part}" for key, part in server.items() if part),
        port=_PORT,
        directory=directory,
        size=size,
        # It refuses to run as root.
        user="user = nobody" if os.geteuid() == 0 else "",
    )


def _url(directory: Path) -> str:
    info = connection.connection.info
    query = urlencode({"host": str(directory), "port": _PORT, "user": info.user}, quote_via=quote)
    return f"postgres:///{quote(info.dbname, safe='')}?{query}"


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = monotonic() + _SECONDS
    while process.poll() is None and monotonic() < end:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            sleep(0.05)
        else:
            return
    raise AssertionError(f"PgBouncer does not run (exit code {process.poll()})")
