"""Servers of their own: a primary, and standbys that are copies of it and follow it."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eventstore_django.embedded.account import account_for
from eventstore_django.embedded.binaries import Programs, find_programs
from eventstore_django.embedded.cluster import SUPERUSER, initialise, server_environment
from eventstore_django.embedded.location import PORT, Location
from eventstore_django.embedded.private_directory import make_directory
from eventstore_django.embedded.program_copy import reachable_programs

_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    # Commits that ask for it (synchronous_commit = remote_apply) wait until a standby shows what they did.
    "synchronous_standby_names": "*",
    "shared_buffers": "16MB",
}


@dataclass(frozen=True)
class Cluster:
    """A server and its data directory, with a directory beside it for its socket: copies must not take it along."""

    location: Location
    programs: Programs

    @property
    def host(self) -> str:
        return str(self.location.beside(".socket"))

    def run(self, program: str, *arguments: str) -> None:
        """Run a program as the server's user; what it says is in the file of the log."""
        log = self.location.open_log()
        command = [self.programs.path(program), *arguments]
        status = self.location.account.run(command, output=log, environment=server_environment(self.location.data))
        assert status == 0, self.location.log.read_text()

    @contextmanager
    def running(self) -> Iterator[Cluster]:
        """Run the server during a block."""
        make_directory(Path(self.host), self.location.account, 0o700)
        settings = {**_SETTINGS, "unix_socket_directories": self.host}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        self.run("pg_ctl", "start", "--wait", "--silent", f"--options={options}")
        try:
            yield self
        finally:
            self.run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")

    @contextmanager
    def standby(self, name: str) -> Iterator[Cluster]:
        """Run a copy that follows this server during a block."""
        copy = Cluster(Location(self.location.data.with_name(name), self.location.account), self.programs)
        address = f"--host={self.host}", f"--port={PORT}", f"--username={SUPERUSER}"
        options = "--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--no-manifest"
        copy.run("pg_basebackup", f"--pgdata={copy.location.data}", *address, *options)
        with copy.running():
            yield copy


@contextmanager
def primary() -> Iterator[Cluster]:
    """Run a new server during a block; nothing of it stays."""
    # Not below a directory that the server's user can't enter; the short name keeps the socket's path short.
    directory = Path(tempfile.mkdtemp(prefix="stb-", dir=_memory()))
    try:
        account = account_for(directory / "primary")
        account.own(directory)
        location = Location(directory / "primary", account)
        cluster = Cluster(location, reachable_programs(find_programs(), account))
        lock = location.open_log()
        initialise(location, cluster.programs, lock)
        with cluster.running():
            yield cluster
    finally:
        shutil.rmtree(directory)


def _memory() -> str | None:
    memory = Path("/", "dev", "shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 1024**3 else None
