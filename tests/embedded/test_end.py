from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from .support import (
    ANSWERS,
    User,
    nothing_is_left,
    postmaster,
    running,
    servers,
    until,
    wait_for_watchdog,
)

StartUser = Callable[..., User]


def watchdog_pid(data: Path) -> int:
    (found,) = [
        entry.name
        for entry in Path("/proc").glob("[0-9]*")
        if b"watchdog.py\0" + os.fsencode(data) in (entry / "cmdline").read_bytes()
    ]
    return int(found)


def test_normal_exit_returns_after_the_end_of_the_server(start_user: StartUser, data: Path) -> None:
    user = start_user()
    user.report()
    assert servers(data)
    assert user.finish() == 0
    assert servers(data) == []
    assert nothing_is_left(data)


def test_killed_first_start_leaves_nothing_and_can_be_repeated(start_user: StartUser, fresh: Path) -> None:
    user = start_user()
    assert until(lambda: (fresh.parent / "data.new").exists())
    assert user.signal(signal.SIGKILL) == -signal.SIGKILL
    assert nothing_is_left(fresh)
    assert start_user(statement=ANSWERS).answer() == "yes"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_signalled_user_leaves_nothing(start_user: StartUser, data: Path, number: signal.Signals) -> None:
    user = start_user()
    user.report()
    assert user.signal(number) != 0
    assert nothing_is_left(data)


def test_unused_after_several_users_leaves_nothing(start_user: StartUser, data: Path) -> None:
    users = [start_user() for _ in range(3)]
    for user in users:
        user.report()
    for user, number in zip(users, [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], strict=True):
        user.signal(number)
    assert nothing_is_left(data)


def test_killed_parent_of_the_user_leaves_nothing(start_user: StartUser, data: Path) -> None:
    parent = start_user(start="spawn")
    assert parent.report()["pid"] != parent.process.pid
    parent.process.kill()
    # The user goes on until the pipe from its starter ends, and only then does the server stop.
    assert servers(data)
    parent.process.communicate()
    assert nothing_is_left(data)


def test_forked_child_leaves_nothing(start_user: StartUser, data: Path) -> None:
    user = start_user(start="fork")
    user.report(), user.report()
    user.process.kill()
    user.process.communicate()
    assert nothing_is_left(data)


def test_next_user_starts_again_after_a_killed_server(start_user: StartUser, data: Path) -> None:
    first = start_user()
    first.report()
    pid = postmaster(data)
    os.kill(pid, signal.SIGKILL)
    assert start_user(statement=ANSWERS).answer() == "yes"
    assert postmaster(data) != pid


def test_unclean_data_directory_with_a_foreign_process_id_starts(start_user: StartUser, data: Path) -> None:
    user = start_user()
    user.report()
    os.kill(postmaster(data), signal.SIGKILL)
    user.finish()
    assert wait_for_watchdog(data)
    file = data / "postmaster.pid"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    assert start_user(statement=ANSWERS).answer() == "yes"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the watchdog in /proc")
def test_dead_watchdog_is_replaced_by_the_next_user(start_user: StartUser, data: Path) -> None:
    first = start_user()
    first.report()
    dead = watchdog_pid(data)
    os.kill(dead, signal.SIGKILL)
    assert wait_for_watchdog(data)
    start_user().report()
    assert watchdog_pid(data) != dead


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the watchdog in /proc")
def test_last_user_stops_the_server_without_a_watchdog(start_user: StartUser, data: Path) -> None:
    user = start_user()
    user.report()
    os.kill(watchdog_pid(data), signal.SIGKILL)
    assert user.finish() == 0
    assert servers(data) == []


def test_removed_data_directory_is_made_anew(start_user: StartUser, data: Path) -> None:
    first = start_user()
    first.report()
    shutil.rmtree(data)
    assert start_user(statement=ANSWERS).answer() == "yes"


def test_server_of_removed_files_ends_with_its_user(start_user: StartUser, data: Path) -> None:
    user = start_user()
    user.report()
    for path in data.parent.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert user.finish() == 0
    assert until(lambda: not running(data))
