"""The commands as processes: terminals, pipes, signals, and death at any moment."""

from __future__ import annotations

import os
import pty
import random
import re
import signal
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from eventstore_django.models import Event

from .support import content_of, feed, inputs, line, manage, numbers, parts, run, sample, stored

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = 4


def kill_and_resume(path: Path, content: bytes, seed: int) -> list[int]:
    """Kill imports at random points; check what is stored each time; return how much that was."""
    expected = inputs(path)
    chance = random.Random(seed)
    counts = []
    for point in sorted(chance.randrange(len(content)) for _ in range(KILLS)):
        with manage("import_events", "-", "--chunk-size=37", stderr=subprocess.DEVNULL) as process:
            feed(process, parts(content[:point]))
            process.kill()
        found = stored()
        assert found == expected[: len(found)]
        counts.append(len(found))
    return counts


def test_a_killed_import_loses_and_doubles_nothing(tmp_path: Path) -> None:
    path = sample(tmp_path / "events.jsonl", 6000)
    counts = kill_and_resume(path, path.read_bytes(), seed=1)
    assert counts == sorted(counts)
    # Otherwise no kill fell into an import that was at work.
    assert any(0 < count < 6000 for count in counts)
    call_command("import_events", str(path), verbosity=0)
    assert stored() == inputs(path)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A suite that runs in the background ignores the signal, and so would the processes that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_says_how_far_it_got_and_that_a_second_run_goes_on() -> None:
    content = content_of(*(line(number, payload={"number": number, "text": "a" * 500}) for number in range(1000)))
    with manage("import_events", "-", "--chunk-size=10") as process:
        # Beyond what a pipe holds: when this is written, the import is at work.
        feed(process, parts(content))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    told = re.fullmatch(
        r"Interrupted after line (\d+): (\d+) events are stored. Run it again to go on.\n", err.decode()
    )
    assert process.returncode == 130
    assert told is not None
    line_done, events = map(int, told.groups())
    # The signal may come between the end of a chunk and its being counted.
    assert 0 < line_done == events <= Event.objects.count() <= line_done + 10


def test_a_refused_line_ends_the_process_with_one_line_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "events").write_bytes(content_of(line(0), b"x"))
    done = run("import_events", str(tmp_path / "events"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"CommandError: line 2: not JSON: Expecting value at character 1\n"
    assert numbers() == [0]


def test_there_is_no_progress_bar_without_a_terminal(tmp_path: Path) -> None:
    done = run("import_events", str(sample(tmp_path / "events", 10)))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"10 events: 10 stored, 0 there already\n"


@pytest.mark.parametrize("command", ["import_events", "export_events"])
def test_a_terminal_gets_a_progress_bar_with_the_count_of_events(tmp_path: Path, command: str) -> None:
    path = sample(tmp_path / "events", 10)
    call_command("import_events", str(path), verbosity=0)
    assert b"events=10" in on_a_terminal(command, str(path))


def test_a_progress_bar_can_be_switched_off(tmp_path: Path) -> None:
    assert on_a_terminal("import_events", str(sample(tmp_path / "events", 10)), "--no-progress") == b""


def test_a_closed_pipe_ends_an_export_quietly(tmp_path: Path) -> None:
    call_command("import_events", str(sample(tmp_path / "events", 2000)), verbosity=0)
    with manage("export_events") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_an_export_from_one_process_is_an_import_of_the_next(tmp_path: Path) -> None:
    path = sample(tmp_path / "events", 50)
    call_command("import_events", str(path), verbosity=0)
    exported = run("export_events")
    assert exported.stderr == b""
    again = run("import_events", "-", stdin=exported.stdout)
    assert again.stdout == b"50 events: 0 stored, 50 there already\n"


def on_a_terminal(*arguments: str) -> bytes:
    """Run a command whose standard error is a terminal; return what it wrote there."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 200))
    with manage(*arguments, stderr=slave) as process:
        os.close(slave)
        process.communicate(timeout=60)
    assert process.returncode == 0
    try:
        return os.read(master, 1 << 16)
    except OSError:
        # Linux tells the end of a terminal's output by an error.
        return b""
    finally:
        os.close(master)
