"""What is done: how many events, how many a call, and by how many processes at once."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Work:
    """One work. ``events`` is the number of all writers together; ``size`` that of a call, or of the stream read."""

    name: str
    title: str
    verb: str
    size: int
    events: int
    writers: int = 1

    @property
    def reads(self) -> bool:
        """Whether something has to be there before."""
        return self.verb != "append"

    @property
    def command(self) -> str:
        """The line of the protocol, for each of the writers."""
        if self.verb == "scan":
            return f"scan {self.events}"
        return f"{self.verb} {self.size} {self.events // (self.size if self.reads else self.writers)}"

    def longer(self, times: int) -> Work:
        """Return the work with turns that take so many times as long; a scan ends where the log does."""
        return self if self.verb == "scan" else replace(self, events=self.events * times)


WORKS = (
    Work("append", "append 1 event, 1 writer", "append", 1, 300),
    Work("writers", "append 1 event, 8 writers", "append", 1, 800, writers=8),
    Work("append10", "append 10 events a call", "append", 10, 500),
    Work("append100", "append 100 events a call", "append", 100, 1000),
    Work("read100", "read a stream of 100", "read", 100, 10_000),
    Work("read10000", "read a stream of 10,000", "read", 10_000, 10_000),
    Work("scan", "scan all, 1,000 a page", "scan", 1000, 10_000),
)
FILLS = (100, 10_000)
"""The streams that the works read, appended by each contender itself before the first of them."""
