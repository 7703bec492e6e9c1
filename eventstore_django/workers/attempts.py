"""The attempt that is under way: counted before it is made, and taken back if it is broken off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from ..exceptions import LeaseLost
from .stopping import StopNow


class Attempts:
    """Knows the attempt of one worker that is under way. One that ended, well or badly, stays counted."""

    def __init__(self) -> None:
        self._uncount: Callable[[], None] | None = None

    @contextmanager
    def under_way(self, uncount: Callable[[], None]) -> Iterator[None]:
        """Mark the block in which an attempt is counted and made.

        ``uncount`` takes it back if that was stored, and otherwise changes nothing: where exactly the block is
        broken off can't be known.
        """
        self._uncount = uncount
        try:
            yield
        except StopNow:
            raise
        except BaseException:
            self._uncount = None
            raise
        self._uncount = None

    def take_back(self) -> None:
        """Take back the attempt that was broken off, if there is one: to be asked to stop is no failure."""
        if self._uncount is not None:
            # Whoever has the shard now counts for himself.
            with suppress(LeaseLost):
                self._uncount()
            self._uncount = None
