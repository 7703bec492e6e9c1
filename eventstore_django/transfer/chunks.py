"""Lines in portions that are stored as one: small enough for memory, large enough to be fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .records import Record, read_record

MAX_CHUNK_BYTES = 2 * 1024 * 1024
"""Bytes of lines after which a chunk is complete, however few they are."""


class Chunks:
    """Gives the lines' events, at most ``size`` at a time.

    Raise ImportRefused for a line that is no event, once all events before it were given.
    """

    def __init__(self, lines: Iterable[tuple[int, bytes]], size: int) -> None:
        self._lines = iter(lines)
        self._size = size
        self._chunk: list[Record] = []
        self._bytes = 0
        self._end: Exception | None = None

    def read(self) -> None:
        """Read the next chunk before it is asked for. What is wrong with it is told when it is."""
        try:
            while not self._end and len(self._chunk) < self._size and self._bytes < MAX_CHUNK_BYTES:
                line, content = next(self._lines)
                self._chunk.append(read_record(line, content))
                self._bytes += len(content)
        except Exception as end:  # whatever it is, it is told when the chunk is asked for
            self._end = end

    def __iter__(self) -> Iterator[list[Record]]:
        return self

    def __next__(self) -> list[Record]:
        self.read()
        if not self._chunk:
            assert self._end is not None  # noqa: S101  # why else is there nothing
            raise self._end
        chunk, self._chunk, self._bytes = self._chunk, [], 0
        return chunk
