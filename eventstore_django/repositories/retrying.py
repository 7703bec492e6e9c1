"""Doing a decision again after a conflict: how often, and after what pause."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import connections

from ..exceptions import ConcurrencyError

R = TypeVar("R")

_FIRST_PAUSE = 0.002
_LONGEST_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Retrying:
    """How often a decision on a database is made again, after the first time."""

    using: str
    retries: int
    sleep: Callable[[float], object] = time.sleep

    def run(self, attempt: Callable[[], R]) -> R:
        """Return what ``attempt`` returns, once it does so without a ConcurrencyError."""
        number = 0
        while True:
            try:
                return attempt()
            except ConcurrencyError as error:
                if self.is_over(number, error):
                    raise
            self.pause(number)
            number += 1

    def is_over(self, number: int, error: ConcurrencyError) -> bool:
        """Whether there is no use in another attempt after this one, counted from 0."""
        # In a transaction that is REPEATABLE READ or SERIALIZABLE the same state would be seen again.
        is_blind = error.actual is None and connections[self.using].in_atomic_block
        return number >= self.retries or is_blind

    def pause(self, number: int) -> None:
        """Wait a little, longer each time: losers who come back at the same moment would meet again."""
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(number, 10))
        self.sleep(random.uniform(0, longest))  # noqa: S311  # chance, not secrets
