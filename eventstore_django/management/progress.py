"""What a worker tells, on a terminal: lines, and a bar while it catches up."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from ..workers.reports import Report

WORTH_A_BAR = 1000
"""Positions behind, from which a bar is shown."""


class ProgressReport(Report):
    """Writes each line; below them a bar from where the work began to the head, while it is far behind."""

    def __init__(self, write: Callable[[str], object], *, shown: bool = True) -> None:
        super().__init__(self._write)
        self._out = write
        self._shown = shown and sys.stderr.isatty()
        self._bar: tqdm[Any] | None = None
        self._began = 0

    def progress(self, position: int, head: int) -> None:
        """Move the bar to ``position``, which counts all shards together, as ``head`` does."""
        if not self._shown:
            return
        if position < self._began:
            # Shards were lost or reset: what the bar counts is something else now.
            self._close()
        bar = self._bar
        if bar is None:
            if head - position < WORTH_A_BAR:
                return
            bar = self._open(position)
        bar.total = max(head - self._began, 1)
        bar.update(position - self._began - bar.n)
        if position >= head:
            self._close()

    def _write(self, line: str) -> None:
        if self._bar is not None:
            self._bar.clear()
        self._out(line)

    def _open(self, position: int) -> tqdm[Any]:
        self._began = position
        self._bar = tqdm(unit=" positions", unit_scale=True, dynamic_ncols=True, file=sys.stderr, leave=False)
        return self._bar

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
