"""What all who wait in this process share: the looks at the head, the threads that read, the places."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ... import conf
from ...events import RecordedEvent
from ..rendering import StoredRenderer
from ..representations import event_body
from .heads import Head
from .places import Places
from .readers import Readers
from .windows import Windows

READERS = Readers(conf.live_readers)
LOOP_PLACES = Places(conf.live_clients, conf.live_clients_per_user)
"""Of those who wait on the event loop."""
THREAD_PLACES = Places(conf.live_threads, conf.live_clients_per_user)
"""Of those who hold a thread while they wait."""


@dataclass(frozen=True, slots=True)
class Following:
    """The head of one database, and what is read from it."""

    head: Head
    windows: Windows


_lock = threading.Lock()
_followed: dict[str, Following] = {}


def following(alias: str) -> Following:
    """Return what is shared for the events of a database, by the name of its connection."""
    with _lock:
        if alias not in _followed:
            head = Head(alias)
            _followed[alias] = Following(head, Windows(head, READERS, rendered))
        return _followed[alias]


def rendered(event: RecordedEvent) -> bytes:
    """Return an event as JSON in one line, as the pages show it."""
    return StoredRenderer().render(event_body(event))
