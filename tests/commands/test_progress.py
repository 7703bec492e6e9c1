"""The bar that a worker shows on a terminal while it catches up."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

import pytest

from eventstore_django.management.progress import WORTH_A_BAR, ProgressReport

FAR = 10 * WORTH_A_BAR


class Terminal(io.StringIO):
    """Standard error that is a terminal, or none."""

    def __init__(self, *, is_one: bool = True) -> None:
        super().__init__()
        self._is_one = is_one

    def isatty(self) -> bool:
        return self._is_one

    @property
    def shown(self) -> str:
        """What stands in the last line, after everything that was overwritten."""
        return self.getvalue().rpartition("\r")[2].rstrip()


@contextmanager
def reporting(*lines: list[str], terminal: Terminal | None = None, shown: bool = True) -> Iterator[ProgressReport]:
    """Give a report of a worker whose standard error is this terminal."""
    # Not by a fixture: pytest puts its own file there when the test begins.
    write = lines[0].append if lines else lambda line: None
    with redirect_stderr(terminal or Terminal()), ProgressReport(write, shown=shown) as report:
        yield report


def bar(report: ProgressReport) -> tuple[int, int]:
    """Return how far the bar is, and of how much."""
    assert report._bar is not None
    return int(report._bar.n), int(report._bar.total or 0)


def test_far_behind_a_bar_shows_how_far_the_work_is() -> None:
    terminal = Terminal()
    with reporting(terminal=terminal) as report:
        report.progress(100, 100 + FAR)
        assert bar(report) == (0, FAR)
        report.progress(100 + WORTH_A_BAR, 100 + FAR)
        assert bar(report) == (WORTH_A_BAR, FAR)
        assert "positions" in terminal.getvalue()


def test_the_end_of_the_bar_moves_with_the_log() -> None:
    terminal = Terminal()
    with reporting(terminal=terminal) as report:
        report.progress(0, FAR)
        report.progress(10, FAR + 500)
        assert bar(report) == (10, FAR + 500)


def test_the_bar_goes_when_the_head_is_reached() -> None:
    terminal = Terminal()
    with reporting(terminal=terminal) as report:
        report.progress(0, FAR)
        report.progress(FAR, FAR)
        assert terminal.shown == ""
        assert report._bar is None


def test_a_little_behind_there_is_no_bar() -> None:
    terminal = Terminal()
    with reporting(terminal=terminal) as report:
        report.progress(0, WORTH_A_BAR - 1)
    assert terminal.getvalue() == ""


def test_a_second_time_far_behind_a_bar_begins_anew() -> None:
    terminal = Terminal()
    with reporting(terminal=terminal) as report:
        report.progress(0, FAR)
        report.progress(FAR, FAR)
        report.progress(FAR + 5, 3 * FAR)
        assert bar(report) == (0, 2 * FAR - 5)


def test_shards_that_are_lost_begin_the_bar_anew() -> None:
    terminal = Terminal()
    with reporting(terminal=terminal) as report:
        report.progress(4000, 80_000)
        report.progress(6000, 80_000)
        # Two of the four belong to another worker now.
        report.progress(3000, 40_000)
        assert bar(report) == (0, 37_000)


def test_the_bar_goes_at_the_end_whatever_happened() -> None:
    terminal = Terminal()
    with pytest.raises(ValueError, match="wrong"), reporting(terminal=terminal) as report:
        report.progress(0, FAR)
        raise ValueError("wrong")
    assert terminal.shown == ""


def test_lines_go_where_they_are_wanted_and_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    lines: list[str] = []
    with caplog.at_level(logging.INFO, "eventstore_django.subscriptions"), reporting(lines) as report:
        report.line("balances[0]: claimed")
    assert lines == ["balances[0]: claimed"]
    assert caplog.messages == ["balances[0]: claimed"]


def test_a_line_does_not_stand_in_the_bar() -> None:
    terminal = Terminal()
    with reporting(terminal=terminal) as report:
        report.progress(0, FAR)
        assert terminal.shown
        report.line("balances[0]: claimed")
        assert terminal.shown == ""


@pytest.mark.parametrize(("is_one", "shown"), [(False, True), (True, False)], ids=["no terminal", "not wanted"])
def test_there_are_lines_and_no_bar(is_one: bool, shown: bool) -> None:
    lines: list[str] = []
    terminal = Terminal(is_one=is_one)
    with reporting(lines, terminal=terminal, shown=shown) as report:
        report.progress(0, FAR)
        report.line("still here")
    assert (terminal.getvalue(), lines) == ("", ["still here"])
