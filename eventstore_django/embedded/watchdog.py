"""The lock protocol of an embedded server, and the process that stops the server when it is unused.

Four lock files lie beside the data directory. The kernel drops a lock with its last holder, however
that one ends, so none of them can be stale:

``.start``     exclusive, while the server is being started or stopped
``.users``     shared, by every process that uses the server, for its life
``.watchdog``  exclusive, by the watchdog, for its life; the locked file is its standard input
``.server``    exclusive, by initdb, pg_ctl and every process of the server, which inherit the
               descriptor; the content is the process id of the postmaster

Who needs both takes ``.start`` first, then ``.users``.

This file also runs as a script in an isolated interpreter without site-packages, so it must not
import anything but the standard library.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

SUFFIXES = (".start", ".users", ".watchdog", ".server")
TICK_SECONDS = 0.01
FAST_STOP_SECONDS = 60.0
IMMEDIATE_STOP_SECONDS = 30.0


class Locks(NamedTuple):
    """Open descriptors of the lock files, none of them locked yet."""

    start: int
    users: int
    server: int


def open_lock(data: str, suffix: str) -> int:
    """Open one existing lock file; raise FileNotFoundError without it."""
    return os.open(data + suffix, os.O_RDWR | os.O_NOFOLLOW)


@contextlib.contextmanager
def open_locks(data: str) -> Iterator[Locks]:
    """Open the lock files; every lock taken through them ends with the block."""
    with contextlib.ExitStack() as stack:
        descriptors = []
        for suffix in (".start", ".users", ".server"):
            descriptors.append(open_lock(data, suffix))
            stack.callback(os.close, descriptors[-1])
        yield Locks(*descriptors)


def try_lock(descriptor: int, operation: int = fcntl.LOCK_EX) -> bool:
    """Take a lock if it is free now."""
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_before(descriptor: int, deadline: float) -> bool:
    """Take a lock before a moment of the monotonic clock, or return False."""
    # The kernel has no flock with a time limit, and an alarm would take the signal from the program.
    while not try_lock(descriptor):
        if time.monotonic() > deadline:
            return False
        time.sleep(TICK_SECONDS)
    return True


def postmaster_lines(data: str) -> list[str]:
    """Return the lines of postmaster.pid, or none if there is no such file."""
    try:
        with open(os.path.join(data, "postmaster.pid"), encoding="utf-8") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def is_postgres(pid: int) -> bool:
    """Tell whether a process may be a living PostgreSQL server (always true without /proc)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            name, _, state = file.read().partition("(")[2].rpartition(") ")
    except OSError:
        return not os.path.exists("/proc/self")
    return "postgres" in name and not state.startswith("Z")


def postmaster_pid(server: int, data: str) -> int | None:
    """Return the process id of the living postmaster, as far as it is known yet."""
    # A starter killed in the middle has not written the lock file; a removed data directory has no
    # postmaster.pid: neither source is enough alone.
    text = os.pread(server, 32, 0).decode() or next(iter(postmaster_lines(data)), "")
    # A single-user server, as initdb runs it, has a negative number there and ends by itself.
    return int(text) if text.strip().isdigit() and is_postgres(int(text)) else None


def is_unused(users: int) -> bool:
    """Take the users lock if no process uses the server; the caller holds the start lock."""
    for _attempt in range(2):
        if try_lock(users):
            return True
        # A waking watchdog holds this lock for an instant, and not again before it has the start
        # lock. Without the second attempt the last user would take the watchdog for another user.
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(users, fcntl.LOCK_UN)
    return False


def stop(server: int, data: str, deadline: float, number: int = signal.SIGINT) -> bool:
    """Signal the server and wait; True if its last process is gone before the deadline."""
    signalled = None
    while not try_lock(server):
        if time.monotonic() > deadline:
            return False
        pid = postmaster_pid(server, data)
        if pid is not None and pid != signalled:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            signalled = pid
        time.sleep(TICK_SECONDS)
    return True


def stop_if_unused(data: str, seconds: float) -> None:
    """Stop the server unless another process uses it, and wait for its end, but not for ever."""
    deadline = time.monotonic() + seconds
    with open_locks(data) as locks:
        if lock_before(locks.start, deadline) and is_unused(locks.users):
            stop(locks.server, data, deadline)


def wait_until_unused(locks: Locks) -> None:
    """Block until no process uses the server; return with the start and the users lock."""
    while True:
        # Both waits are in the kernel. The users lock goes back before the second one, or a process
        # that is just starting would wait for it while it holds the start lock.
        fcntl.flock(locks.users, fcntl.LOCK_EX)
        fcntl.flock(locks.users, fcntl.LOCK_UN)
        fcntl.flock(locks.start, fcntl.LOCK_EX)
        if is_unused(locks.users):
            return
        fcntl.flock(locks.start, fcntl.LOCK_UN)


def watch(data: str) -> None:
    """Stop the server when its last user is gone."""
    with open_locks(data) as locks:
        wait_until_unused(locks)
        if not stop(locks.server, data, time.monotonic() + FAST_STOP_SECONDS):
            # An immediate stop loses nothing: the next start recovers from the write-ahead log.
            stop(locks.server, data, time.monotonic() + IMMEDIATE_STOP_SECONDS, signal.SIGQUIT)
        # The watchdog lock must go before the start lock, or the next starter would count on this
        # dying process as the watchdog of its server.
        os.close(0)


def main() -> None:
    """Detach from the process that starts the server, then watch."""
    # The starter waits for the first process only, so no zombie and no unreaped child is left to it.
    if os.fork():
        os._exit(0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watch(sys.argv[1])


if __name__ == "__main__":
    main()
