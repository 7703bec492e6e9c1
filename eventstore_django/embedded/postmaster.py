"""The postmaster: the first process of a server."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .binaries import Programs
from .cluster import SUPERUSER, server_environment
from .errors import EmbeddedServerError
from .location import PORT, Location
from .watchdog import is_postgres, postmaster_lines

START_SECONDS = 240
LOG_LINES = 20
LOG_BYTES = 16 * 1024 * 1024
RESERVED = {"data_directory", "listen_addresses", "port", "unix_socket_directories"}


@dataclass(frozen=True)
class ServerAddress:
    """What a client needs in order to connect."""

    host: str
    port: int
    user: str


def check_settings(settings: Mapping[str, str]) -> None:
    """Raise ImproperlyConfigured for server settings that cannot be given."""
    for name in settings:
        if name.lower() in RESERVED or not re.fullmatch(r"[A-Za-z_][\w.]*", name, re.ASCII):
            raise ImproperlyConfigured(f"SERVER_SETTINGS cannot set {name!r}.")


def launch(location: Location, programs: Programs, settings: Mapping[str, str], lock: int) -> None:
    """Start the server and wait until it accepts connections; its processes inherit the lock.

    Raise EmbeddedServerError with the end of the log if it does not start.
    """
    sockets = location.make_socket_directory()
    for path in (location.data / "postmaster.pid", sockets / f".s.PGSQL.{PORT}.lock"):
        _remove_stale_file(path)
    options = _options(location.data, sockets, settings)
    command = [programs.path("pg_ctl"), "start", "--wait", "--silent", f"--timeout={START_SECONDS}"]
    log = location.open_log()
    try:
        begin = _begin_of_log(log)
        status = location.account.run(
            [*command, f"--options={options}"],
            output=log,
            environment=server_environment(location.data),
            keep=[lock],
        )
        if status:
            message = f"PostgreSQL did not start in {location.data}. The end of {location.log}:"
            raise EmbeddedServerError(f"{message}\n{_end_of_log(log, begin)}")
    finally:
        os.close(log)
    pid = postmaster_lines(str(location.data))[0]
    os.pwrite(lock, pid.encode(), 0)


def read_address(data: Path) -> ServerAddress | None:
    """Return the address of a living server that accepts connections."""
    lines = [line.strip() for line in postmaster_lines(str(data))]
    if len(lines) < 8 or lines[7] != "ready" or not is_postgres(int(lines[0])):
        return None
    return ServerAddress(host=lines[4], port=int(lines[3]), user=SUPERUSER)


def _options(data: Path, sockets: Path, settings: Mapping[str, str]) -> str:
    # The value is a list, whose elements may be quoted.
    quoted = str(sockets).replace('"', '""')
    fixed = {"listen_addresses": "", "port": str(PORT), "unix_socket_directories": f'"{quoted}"'}
    # pg_ctl gives the options to a shell.
    options = (f"-c {shlex.quote(f'{name}={value}')}" for name, value in {**settings, **fixed}.items())
    return " ".join([f"-D {shlex.quote(str(data))}", *options])


def _remove_stale_file(path: Path) -> None:
    # After a crash the number in it may belong to another process by now, or to a dead one that was
    # never reaped, and PostgreSQL would refuse to start. Where the system cannot tell (no /proc),
    # PostgreSQL decides.
    with contextlib.suppress(FileNotFoundError):
        if not is_postgres(abs(int(path.read_text(encoding="utf-8").split()[0]))):
            path.unlink()


def _begin_of_log(log: int) -> int:
    if os.fstat(log).st_size > LOG_BYTES:
        os.ftruncate(log, 0)
    return os.fstat(log).st_size


def _end_of_log(log: int, begin: int) -> str:
    text = os.pread(log, os.fstat(log).st_size - begin, begin).decode(errors="replace")
    return "\n".join(text.splitlines()[-LOG_LINES:])
