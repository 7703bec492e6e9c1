"""New events, read and turned into text once for all who follow the same selection from the same position."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from time import monotonic

from ...events import RecordedEvent
from .heads import Head
from .readers import Readers
from .selections import Selection
from .wire import message

EVENTS = 100
"""Events that are read at a time."""
LARGEST = 1024 * 1024
"""Bytes after which a window ends: one client has no more than this in memory, and one event."""
KEPT = 32
"""Windows that are kept for others."""
KEPT_SECONDS = 1.0
"""So long: for those in step, who ask at the same moment. Nobody gets what was erased before that."""


@dataclass(frozen=True, slots=True)
class Window:
    """What there is for a client between the position where it is and ``until``."""

    until: int
    told: int
    """Position of the last event in ``text``; that of the client where there is none."""
    text: bytes


class Windows:
    """Reads windows in the threads of ``readers``, up to the head at that moment."""

    def __init__(
        self,
        head: Head,
        readers: Readers,
        render: Callable[[RecordedEvent], bytes],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._head = head
        self._readers = readers
        self._render = render
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[float, Future[Window]]] = OrderedDict()

    def ask(self, selection: Selection, after: int) -> Future[Window]:
        """Return the window behind a position: the one at hand, or one that is being read."""
        key = (selection.key, after)
        with self._lock:
            self._drop_old()
            if key in self._kept and not _has_failed(self._kept[key][1]):
                return self._kept[key][1]
            future = self._readers.submit(partial(self._read, selection, after))
            self._kept.pop(key, None)
            self._kept[key] = self._clock(), future
            return future

    def _drop_old(self) -> None:
        while self._kept:
            read_at, _ = next(iter(self._kept.values()))
            if len(self._kept) < KEPT and read_at > self._clock() - KEPT_SECONDS:
                return
            self._kept.popitem(last=False)

    def _read(self, selection: Selection, after: int) -> Window:
        # Before the statement that reads up to it.
        head = self._head.position
        found = [] if selection.key is None else selection.between(after, head, EVENTS)
        texts: list[bytes] = []
        size = 0
        for event in found:
            texts.append(message(event.position, self._render(event)))
            size += len(texts[-1])
            if size >= LARGEST:
                break
        told = found[len(texts) - 1].position if texts else after
        is_all = len(texts) == len(found) < EVENTS
        return Window(max(head, told) if is_all else told, told, b"".join(texts))


def _has_failed(future: Future[Window]) -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)
