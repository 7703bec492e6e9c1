"""A progress bar for people: on a terminal, on standard error, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from tqdm import tqdm


class ProgressBar:
    """Goes by the amount done, in ``unit``, and shows the count of events beside it.

    Without a ``total`` it shows amount and speed only.
    """

    def __init__(self, total: int | None, unit: str, *, shown: bool = True) -> None:
        self._bar = tqdm(
            total=total,
            unit=unit,
            unit_scale=True,
            dynamic_ncols=True,
            file=sys.stderr,
            # None: shown only where the file is a terminal.
            disable=None if shown else True,
        )

    def aim(self, total: int) -> None:
        """Take another total: what there is to do can grow."""
        self._bar.total = total

    def advance(self, done: int, events: int) -> None:
        """Show that ``done`` of the total are done, with so many events."""
        self._bar.set_postfix(events=events, refresh=False)
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()


@contextmanager
def beside_bars() -> Iterator[None]:
    """Take the bars away while the block writes lines to the terminal."""
    with tqdm.external_write_mode():
        yield
