"""One client's way along the log, as steps that know neither threads nor event loops."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeAlias

from django.db import Error

from ...exceptions import EventStoreError
from .heads import Head
from .selections import Selection
from .windows import Windows
from .wire import heartbeat, opening

Step: TypeAlias = bytes | Future[Any] | float
"""Send this; wait for this, and come back with its result or error; wait so long, or until the bell rings."""

OUTAGE_SECONDS = 1.0
"""Pause before a database that failed is asked again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When a feed does what it does by itself, in seconds."""

    heartbeat: float
    first_heartbeat: float
    """After the start. Not the same for all: they would ask for their permissions at the same moment."""
    life: float | None = None
    """After so long the feed ends; None for as long as the client stays."""


class Feed:
    """The steps of one client, to be taken by a driver.

    ``ask_again`` gives what the client may follow as things stand then, None if nothing any more. It is
    asked with each heartbeat, and before anything is read after a failure of it.
    """

    def __init__(
        self,
        head: Head,
        windows: Windows,
        selection: Selection,
        position: int,
        ask_again: Callable[[], Future[Selection | None]],
        pace: Pace,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._head = head
        self._windows = windows
        self._selection: Selection | None = selection
        self._position = self._told = position
        self._ask_again = ask_again
        self._pace = pace
        self._clock = clock
        self._beat_at = clock() + pace.first_heartbeat
        self._end_at = None if pace.life is None else clock() + pace.life

    def steps(self) -> Generator[Step, Any, None]:
        """Give one step after the other; the end of them is the end of the feed."""
        yield opening(self._position)
        while self._end_at is None or self._clock() < self._end_at:
            if self._clock() >= self._beat_at:
                if not (yield from self._beat()):
                    return
            elif self._selection is not None and self._head.position > self._position:
                yield from self._read(self._selection)
            else:
                yield self._until_next()
        yield self._heartbeat()

    def _until_next(self) -> float:
        until = self._beat_at if self._end_at is None else min(self._beat_at, self._end_at)
        return max(0.0, until - self._clock())

    def _beat(self) -> Generator[Step, Any, bool]:
        """Return whether the client may stay."""
        self._selection = None
        try:
            self._selection = yield self._ask_again()
        except (Error, EventStoreError):
            # The database is away. What the user may see now is not known: nothing is read until it is.
            self._beat_at = self._clock() + OUTAGE_SECONDS
        else:
            if self._selection is None:
                return False
            self._beat_at = self._clock() + self._pace.heartbeat
        yield self._heartbeat()
        return True

    def _heartbeat(self) -> bytes:
        if self._told == self._position:
            return heartbeat()
        self._told = self._position
        return heartbeat(self._position)

    def _read(self, selection: Selection) -> Generator[Step, Any, None]:
        try:
            window = yield self._windows.ask(selection, self._position)
        except (Error, EventStoreError):
            yield OUTAGE_SECONDS
            return
        self._position = window.until
        if window.text:
            self._told = window.told
            yield window.text
