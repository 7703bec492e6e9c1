"""Long polls: a page that waits until there is something in it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from .heads import Head
from .idling import close_connections

T = TypeVar("T")


def first_found(
    head: Head, look: Callable[[], T | None], seconds: float, clock: Callable[[], float] = monotonic
) -> T | None:
    """Look now and whenever the head has moved; return what is found, or None when the time is up.

    Holds no connection in between.
    """
    end = clock() + seconds
    rung = threading.Event()
    # Before the first look: what comes after it is rung for.
    head.join(rung.set)
    try:
        while (found := look()) is None:
            close_connections()
            if not rung.wait(max(0.0, end - clock())):
                return None
            rung.clear()
    finally:
        head.leave(rung.set)
    return found
