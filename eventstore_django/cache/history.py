"""The closed part of a stream: from the cache as far as it holds, the rest read and then kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..backends import backend_for
from ..events import RecordedEvent
from .chunks import Chunk, mark
from .shelves import Shelf
from .states import Rows, read_erased, read_range


@dataclass(frozen=True, slots=True)
class History:
    """The closed ranges of one stream."""

    using: str
    stream_id: str
    shelf: Shelf
    timeout: float | None

    def leading_up_to(self, end: Rows, numbers: range) -> list[RecordedEvent] | None:
        """Return the events of these chunks, of which the last ends with the first event of ``end``.

        None if an erasure came between the statements: then only a new read can tell.
        """
        found = self.shelf.found(numbers)
        chunks = _linked(end, found or {}, numbers)
        events = [event for chunk in chunks for event in chunk.events]
        missing = numbers[: len(numbers) - len(chunks)]
        if not missing:
            return events
        start = missing.start * self.shelf.size
        # With the event before them: by it the chunks are linked.
        rows = read_range(self.using, self.stream_id, start, missing.stop * self.shelf.size)
        if rows is None or rows.erased != end.erased:
            return None
        if found is not None:
            self._keep(missing, rows)
        return [*(event for event in rows.events if event.event_version > start), *events]

    def _keep(self, numbers: range, rows: Rows) -> None:
        if backend_for(self.using).in_transaction():
            return  # its own appends may be rolled back
        found = (Chunk.of(number, self.shelf.size, rows.erased, rows.events) for number in numbers)
        chunks = [chunk for chunk in found if chunk]
        # An erasure that commits meanwhile drops its chunks either before they are kept, and is seen here,
        # or afterwards: in both cases what it erased does not stay.
        if self.shelf.keep(chunks, self.timeout) and read_erased(self.using, self.stream_id) != rows.erased:
            self.shelf.drop(chunk.number for chunk in chunks)


def _linked(end: Rows, found: Mapping[int, Chunk], numbers: Sequence[int]) -> list[Chunk]:
    """Return the chunks that lead up to the anchor without a hole, in order.

    Each must end with the event that the next one says was before it. Chunks of a history that the
    database has lost (a reset, a failover, a restored backup) do not; those that were kept before or
    after an erasure have another number of erased events.
    """
    chunks: list[Chunk] = []
    expected: object = mark(end.events[0])
    for number in reversed(numbers):
        chunk = found.get(number)
        if chunk is None or chunk.erased != end.erased or chunk.last != expected:
            break
        chunks.append(chunk)
        expected = chunk.before
    return chunks[::-1]
