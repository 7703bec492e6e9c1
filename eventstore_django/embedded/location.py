"""Where the files of one server are."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .account import Account, account_for
from .private_directory import PERSISTENT_PARENT, keyed_name, make_directory
from .watchdog import SUFFIXES

PORT = 5432
# The shortest limit of the supported systems (104 bytes with the final zero).
SOCKET_PATH_BYTES = 103


@dataclass(frozen=True)
class Location:
    """A data directory, the files beside it, and the user to whom they belong."""

    data: Path
    account: Account

    @property
    def log(self) -> Path:
        """The log file of the server."""
        return self.beside(".log")

    @property
    def initialised(self) -> bool:
        """Tell whether the data directory holds a database cluster."""
        return (self.data / "PG_VERSION").is_file()

    def beside(self, suffix: str) -> Path:
        """Return the path of the data directory with a suffix."""
        return self.data.with_name(self.data.name + suffix)

    def make_lock_files(self) -> None:
        """Make the lock files that are missing."""
        for suffix in SUFFIXES:
            self._make_file(self.beside(suffix))

    def open_log(self) -> int:
        """Open the log file at its end."""
        self._make_file(self.log)
        return os.open(self.log, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW)

    def make_socket_directory(self) -> Path:
        """Return a directory for the socket that only the server's user (and root) may enter."""
        # A client would read a comma as the end of one host name.
        if _fits(self.data) and "," not in str(self.data):
            return self.data
        name = keyed_name("socket", self.account.uid, self.data)
        parent = Path(tempfile.gettempdir())
        if not (_fits(parent / name) and self.account.can_enter(parent)):
            parent = Path("/tmp")  # noqa: S108 - make_directory() checks the owner
        return make_directory(parent / name, self.account, 0o700)

    def _make_file(self, path: Path) -> None:
        # Not O_CREAT alone: in a sticky directory Linux refuses it for another user's existing file.
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        try:
            self.account.own(descriptor)
        finally:
            os.close(descriptor)


def locate(wanted: Path) -> Location:
    """Return the place of a server, and make its parent directories.

    It is the wanted path unless the server must run as a user who cannot reach that: then it is a
    place below /var/tmp, always the same for the same path.
    """
    wanted = wanted.resolve()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    account = account_for(wanted)
    if account.can_enter(wanted.parent):
        return Location(wanted, account)
    owner = Account(os.geteuid(), os.getegid())
    shelter = make_directory(PERSISTENT_PARENT / keyed_name("data", wanted), owner, 0o755)
    data = shelter / "data"
    return Location(data, account_for(data))


def _fits(directory: Path) -> bool:
    return len(os.fsencode(directory / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES
