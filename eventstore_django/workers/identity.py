"""Who a worker is."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from uuid import UUID, uuid4


def _process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """A new id with each start, so that a restarted process is never taken for the one before it."""

    worker_id: UUID = field(default_factory=uuid4)
    name: str = field(default_factory=_process_name)
    """For people: host and process id."""
