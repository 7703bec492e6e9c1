"""The versions of a stream, each held against the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ..encoding import Undecodable
from .findings import Finding
from .histories import Entry
from .kinds import Kind


class Order:
    """Goes along a stream: versions 1, 2, 3 ..., positions and times that do not descend.

    ``last`` is the highest version so far, ``last_event`` that of an event: removed ones do not count.
    ``events`` is how many there were.
    """

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._before: Entry | None = None
        self._removed = 0
        self.last = 0
        self.last_event = 0
        self.events = 0

    def next(self, entry: Entry) -> Iterator[Finding]:
        """Take the next version; give what is wrong with it."""
        if entry.version > self.last + 1:
            yield self._gap(entry)
        self.last = entry.version
        if entry.is_erased:
            self._removed = entry.version
            return
        if entry.version == self._removed:
            yield self._at(Kind.ERASED, entry, "is there, but an erasure has removed it")
        if isinstance(entry.created_at, Undecodable):
            yield self._at(Kind.TIME, entry, f"was stored at {entry.created_at.text:.50}, which can't be read")
        if self._before is not None:
            yield from self._after(self._before, entry)
        self._before, self.last_event = entry, entry.version
        self.events += 1

    def _gap(self, entry: Entry) -> Finding:
        first, last = self.last + 1, entry.version - 1
        missing = f"version {first} is" if first == last else f"versions {first} to {last} are"
        return self._finding(Kind.VERSION, f"{missing} missing", first)

    def _after(self, before: Entry, entry: Entry) -> Iterator[Finding]:
        if entry.version == before.version:
            yield self._at(Kind.VERSION, entry, f"is there once more, at position {before.position}")
        elif entry.position <= before.position:
            yield self._at(Kind.POSITION, entry, f"does not come after version {before.version} ({before.position})")
        if isinstance(entry.created_at, Undecodable) or isinstance(before.created_at, Undecodable):
            return
        if entry.created_at < before.created_at:
            times = f"{_told(entry.created_at)}, version {before.version} before it at {_told(before.created_at)}"
            yield self._at(Kind.TIME, entry, f"was stored at {times}")

    def _at(self, kind: Kind, entry: Entry, text: str) -> Finding:
        told = f"version {entry.version} (position {entry.position}) {text}"
        return self._finding(kind, told, entry.version, entry.position)

    def _finding(self, kind: Kind, text: str, version: int, position: int | None = None) -> Finding:
        return Finding(kind, f"Stream {self._stream!r}: {text}.", self._stream, version, position)


def _told(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="microseconds")
