"""Lines in portions that are stored as one: small enough for memory, large enough to be fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from ..exceptions import ImportRefused
from ..operations import AppendOperation
from .records import Record, read_record

MAX_CHUNK_BYTES = 2 * 1024 * 1024
"""Bytes of lines after which a chunk is complete, however few they are."""


def chunks(lines: Iterable[tuple[int, bytes]], size: int) -> Iterator[list[Record]]:
    """Give the lines' events, at most ``size`` at a time.

    Raise ImportRefused for a line that is no event, once all events before it were given.
    """
    chunk: list[Record] = []
    refused = None
    read = 0
    try:
        for line, content in lines:
            chunk.append(read_record(line, content))
            read += len(content)
            if len(chunk) == size or read >= MAX_CHUNK_BYTES:
                yield chunk
                chunk, read = [], 0
    except ImportRefused as error:
        refused = error
    if chunk:
        yield chunk
    if refused is not None:
        raise refused


def runs(records: Iterable[Record]) -> list[list[Record]]:
    """Put neighbours of one stream together, without changing the order."""
    return [list(run) for _, run in groupby(records, key=attrgetter("stream_id"))]


def operations(found: Sequence[Sequence[Record]]) -> list[AppendOperation]:
    """Return the operation of each run."""
    return [AppendOperation(run[0].stream_id, [record.event for record in run]) for run in found]
