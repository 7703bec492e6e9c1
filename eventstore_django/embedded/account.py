"""The operating system's user that runs the server."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import EmbeddedServerError

UNPRIVILEGED_USER = "nobody"
PROGRAM_SECONDS = 300.0


@dataclass(frozen=True)
class Account:
    """A user and group to run programs as."""

    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        """Tell whether programs already run as this user."""
        return self.uid == os.geteuid()

    def run(
        self,
        arguments: Sequence[str],
        *,
        output: int = subprocess.DEVNULL,
        environment: Mapping[str, str] | None = None,
        keep: Sequence[int] = (),
    ) -> int:
        """Run a program as this user, away from the terminal, and return its exit status.

        Raise EmbeddedServerError when it cannot be run at all or does not end.
        """
        try:
            return self._run(arguments, output, environment, keep)
        except (OSError, subprocess.SubprocessError) as error:
            message = f"{arguments[0]} could not be run as user {self.uid}: {error}"
            raise EmbeddedServerError(message) from error

    def can_run(self, program: str) -> bool:
        """Tell whether this user reaches a program and its libraries."""
        try:
            return self._run([program, "--version"], subprocess.DEVNULL, None, ()) == 0
        except OSError:
            return False

    def can_enter(self, directory: Path) -> bool:
        """Tell whether this user reaches the content of a directory."""
        command = ["/bin/sh", "-c", 'cd "$1/."', "sh", str(directory)]
        return self.is_current or self.run(command) == 0

    def own(self, path: Path | int) -> None:
        """Give a file that the current process has made to this user."""
        if not self.is_current:
            os.chown(path, self.uid, self.gid)

    def _run(
        self,
        arguments: Sequence[str],
        output: int,
        environment: Mapping[str, str] | None,
        keep: Sequence[int],
    ) -> int:
        return subprocess.run(  # noqa: S603 - the arguments are built here, and no shell reads them
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # The unprivileged user may not reach the current directory.
            cwd="/",
            env=environment,
            pass_fds=keep,
            # An interrupt typed at the terminal must not end the server behind the user's back.
            start_new_session=True,
            timeout=PROGRAM_SECONDS,
            check=False,
            user=None if self.is_current else self.uid,
            group=None if self.is_current else self.gid,
            extra_groups=None if self.is_current else [],
        ).returncode


def account_for(data: Path) -> Account:
    """Return who runs the server of a data directory.

    That is the current user, but never root, for whom PostgreSQL refuses to start: then it is the
    owner of the directory or, if there is none, an unprivileged user.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    entry = pwd.getpwnam(UNPRIVILEGED_USER)
    return Account(entry.pw_uid, entry.pw_gid)
