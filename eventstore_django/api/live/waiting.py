"""Long polls: a page that waits until there is something in it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from django.http import QueryDict
from rest_framework.request import Request

from ..parameters import whole_number
from .entrance import place_for
from .following import THREAD_PLACES, following
from .heads import Head
from .idling import close_connections

T = TypeVar("T")

WAIT = "wait"
"""The query parameter: seconds."""
LONGEST_WAIT = 25
"""Servers and proxies end what takes 30 or 60 seconds."""


def read_wait(query: QueryDict) -> int:
    """Return how many seconds a query wants to wait, 0 for none. Raise InvalidField."""
    return whole_number(query, WAIT, 0, LONGEST_WAIT) or 0


def waited_for(request: Request, alias: str, seconds: int, look: Callable[[], list[T]]) -> list[T]:
    """Return what is found at once, or else within so many seconds. Raise NoPlaceLeft."""
    found = look()
    if found or not seconds:
        return found
    leave = place_for(request, THREAD_PLACES)
    try:
        return first_found(following(alias).head, look, seconds)
    finally:
        leave()


def first_found(
    head: Head, look: Callable[[], list[T]], seconds: float, clock: Callable[[], float] = monotonic
) -> list[T]:
    """Look now and whenever the head has moved, until something is found or the time is up.

    Holds no connection in between.
    """
    end = clock() + seconds
    rung = threading.Event()
    # Before the first look: what comes after that is rung for.
    head.join(rung.set)
    try:
        while not (found := look()):
            close_connections()
            if not rung.wait(max(0.0, end - clock())):
                break
            rung.clear()
        return found
    finally:
        head.leave(rung.set)
