"""The life-cycle of an embedded server: it runs exactly while some process uses it."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import watchdog
from .binaries import find_programs
from .cluster import initialise
from .errors import EmbeddedServerError
from .location import Location, locate
from .postmaster import ServerAddress, check_settings, launch, read_address
from .program_copy import reachable_programs

EXIT_SECONDS = 10.0
SETTLE_SECONDS = 60.0


class EmbeddedServer:
    """The server of one data directory, as seen from one process."""

    def __init__(self, location: Location, settings: Mapping[str, str]) -> None:
        check_settings(settings)
        self._location = location
        self._settings = settings
        self._data = str(location.data)
        self._users: int | None = None
        atexit.register(self._leave)

    def ensure(self) -> ServerAddress:
        """Start the server if it does not run, and use it for the life of this process."""
        return self._address_if_used() or self._use()

    def _address_if_used(self) -> ServerAddress | None:
        # Removed lock files mean that another process would not see this one as a user.
        with contextlib.suppress(FileNotFoundError):
            if self._users is not None and self._is_running():
                return read_address(self._location.data)
        return None

    def _use(self) -> ServerAddress:
        self._location.make_lock_files()
        with self._locked(".start") as start:
            fcntl.flock(start, fcntl.LOCK_EX)
            self._join()
            self._ensure_watchdog()
            return self._settled() or self._cold_start()

    def _join(self) -> None:
        users = watchdog.open_lock(self._data, ".users")
        fcntl.flock(users, fcntl.LOCK_SH)
        if self._users is not None:
            os.close(self._users)
        self._users = users

    def _ensure_watchdog(self) -> None:
        with self._locked(".watchdog") as lock:
            if watchdog.try_lock(lock):
                _spawn_watchdog(self._data, lock)

    def _is_running(self) -> bool:
        with self._locked(".server") as server:
            return not watchdog.try_lock(server, fcntl.LOCK_SH)

    def _settled(self) -> ServerAddress | None:
        """Return the address of a running server; None once no program works on the data.

        A starter that was killed leaves programs behind, which come to an end or to a server.
        """
        deadline = time.monotonic() + SETTLE_SECONDS
        while self._is_running():
            if not self._location.initialised:
                self._stop(deadline)
            elif address := read_address(self._location.data):
                return address
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"The server of {self._data} does not become ready.")
            time.sleep(watchdog.TICK_SECONDS)
        return None

    def _stop(self, deadline: float) -> None:
        with self._locked(".server") as server:
            watchdog.stop(server, self._data, deadline)

    def _cold_start(self) -> ServerAddress:
        programs = reachable_programs(find_programs(), self._location.account)
        with self._locked(".server") as server:
            fcntl.flock(server, fcntl.LOCK_EX)
            os.ftruncate(server, 0)
            if not self._location.initialised:
                initialise(self._location, programs, server)
            launch(self._location, programs, self._settings, server)
        address = read_address(self._location.data)
        if address is None:
            raise EmbeddedServerError(f"The server of {self._data} ended after its start.")
        return address

    @contextlib.contextmanager
    def _locked(self, suffix: str) -> Iterator[int]:
        # A new descriptor each time: forked processes share the lock of an inherited one.
        descriptor = watchdog.open_lock(self._data, suffix)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _leave(self) -> None:
        if self._users is None:
            return
        # Closing, not unlocking: a forked process may hold the same lock.
        os.close(self._users)
        self._users = None
        # Without lock files the watchdog still has them open and stops the server.
        with contextlib.suppress(FileNotFoundError):
            watchdog.stop_if_unused(self._data, EXIT_SECONDS)


def ensure_server(data_directory: str | Path, settings: Mapping[str, str]) -> ServerAddress:
    """Return the address of the server of a data directory, which runs when this returns.

    It stays until the last process that has called this is gone. The settings take effect when the
    server starts; a running one keeps those it has. Raise ImproperlyConfigured or
    EmbeddedServerError.
    """
    with _lock:
        wanted = Path(data_directory).absolute()
        if wanted not in _servers:
            _servers[wanted] = EmbeddedServer(locate(wanted), dict(settings))
        return _servers[wanted].ensure()


def _spawn_watchdog(data: str, lock: int) -> None:
    try:
        # The lock goes over with the descriptor, so there is no moment without a holder. As
        # descriptor 0 it is also the first to be closed if the watchdog is killed.
        subprocess.run(  # noqa: S603 - the arguments are built here, and no shell reads them
            [_interpreter(), "-I", "-S", watchdog.__file__, data],
            stdin=lock,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedServerError(f"The watchdog of {data} could not be started: {error}") from error


def _interpreter() -> str:
    # Inside an application server the executable can be that server instead of Python.
    if "py" in Path(sys.executable or "").name:
        return sys.executable
    found = shutil.which("python3")
    if found is None:
        raise EmbeddedServerError("No Python interpreter was found for the watchdog.")
    return found


_servers: dict[Path, EmbeddedServer] = {}
_lock = threading.RLock()
# A process forked in the middle of a start would inherit, and never release, the start lock.
os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)
