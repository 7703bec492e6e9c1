"""Threads that read for everybody who waits: so many database connections, and no more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from django.db import connections

T = TypeVar("T")

IDLE_SECONDS = 5.0
"""A thread that has had nothing to do for so long ends, and its connection with it."""


class Readers:
    """Runs pieces of work in at most ``size()`` threads, in the order in which they were given.

    They are daemons, unlike those of ``ThreadPoolExecutor``: a process may end at any time.
    """

    def __init__(self, size: Callable[[], int], idle_seconds: float = IDLE_SECONDS) -> None:
        self._size = size
        self._idle_seconds = idle_seconds
        self._news = threading.Condition()
        self._work: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._threads = 0
        self._idle = 0

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Let a thread do it; the answer is its result, or what it raised."""
        future: Future[T] = Future()
        with self._news:
            self._work.append((future, work))
            if len(self._work) > self._idle and self._threads < self._size():
                self._threads += 1
                threading.Thread(target=self._run, name="eventstore-live-reader", daemon=True).start()
            self._news.notify()
        return future

    def _run(self) -> None:
        try:
            while (task := self._next()) is not None:
                _do(*task)
        finally:
            connections.close_all()

    def _next(self) -> tuple[Future[Any], Callable[[], Any]] | None:
        with self._news:
            self._idle += 1
            there_is = self._news.wait_for(lambda: self._work, self._idle_seconds)
            self._idle -= 1
            if there_is:
                return self._work.popleft()
            self._threads -= 1
            return None


def _do(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # whoever waits gets it, whatever it is
        # What broke may be the connection: the next piece of work finds a new one.
        connections.close_all()
        future.set_exception(error)
    else:
        future.set_result(result)
