"""How many may wait at the same time: in the process, and of them one user."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Hashable


class NoPlace(Exception):
    """All places are taken; ``whose`` tells of which kind."""

    def __init__(self, whose: str, limit: int) -> None:
        super().__init__(f"{whose} has its {limit} live connections already.")
        self.whose = whose
        self.limit = limit


class Places:
    """Counts who waits; the limits are asked each time, so that settings can change."""

    def __init__(self, limit: Callable[[], int], limit_of_user: Callable[[], int]) -> None:
        self._limit = limit
        self._limit_of_user = limit_of_user
        self._lock = threading.Lock()
        self._taken: Counter[Hashable] = Counter()

    def __len__(self) -> int:
        return self._taken.total()

    def take(self, user: Hashable) -> Callable[[], None]:
        """Take a place; return what gives it back, once, however often it is called. Raise NoPlace."""
        with self._lock:
            if len(self) >= (limit := self._limit()):
                raise NoPlace("This server", limit)
            if self._taken[user] >= (limit := self._limit_of_user()):
                raise NoPlace("This user", limit)
            self._taken[user] += 1
        given_back = threading.Event()

        def leave() -> None:
            with self._lock:
                if not given_back.is_set():
                    given_back.set()
                    self._taken -= Counter({user: 1})

        return leave
