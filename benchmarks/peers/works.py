"""What is done: a command of the protocol each, how many events it is about, and by how many processes at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """One work; ``events`` is the number of all writers together."""

    name: str
    title: str
    command: str
    events: int
    writers: int = 1
    reads: bool = False


WORKS = (
    Work("append", "append 1 event, 1 writer", "append 1 300", 300),
    Work("writers", "append 1 event, 8 writers", "append 1 100", 800, writers=8),
    Work("append10", "append 10 events a call", "append 10 500", 500),
    Work("append100", "append 100 events a call", "append 100 1000", 1000),
    Work("read100", "read a stream of 100", "read 100 100", 10_000, reads=True),
    Work("read10000", "read a stream of 10,000", "read 10000 1", 10_000, reads=True),
    Work("scan", "scan all, 1,000 a page", "scan 10000", 10_000, reads=True),
)
FILLS = (100, 10_000)
"""The streams that the works read, appended by each contender itself before the first of them."""
