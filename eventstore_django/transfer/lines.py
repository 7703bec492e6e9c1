"""The lines of a file of events: plain or gzipped, from a path or from standard input."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from ..exceptions import ImportRefused

STANDARD_STREAM = "-"
"""The path that stands for standard input or output."""

MAX_LINE_BYTES = 8 * 1024 * 1024
"""Bytes of one line: room for the largest event with every character written as an escape."""

_GZIP = b"\x1f\x8b"
_BUFFER_BYTES = 256 * 1024


class Lines:
    """Lines as bytes, with their numbers from 1; empty lines are counted and left out.

    Whether they are gzipped is told by the first bytes, as standard input has no name to go by.
    """

    def __init__(self, raw: io.BufferedReader[Any]) -> None:
        self._raw = raw
        self._consumed = 0
        self.compressed = raw.peek(len(_GZIP))[: len(_GZIP)] == _GZIP
        self._stream = gzip.GzipFile(fileobj=raw, mode="rb") if self.compressed else raw

    @property
    def size(self) -> int | None:
        """Bytes of the file as it lies on the disk, or None where that can't be known."""
        try:
            status = os.fstat(self._raw.fileno())
        except OSError:
            return None
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    @property
    def is_complete(self) -> bool:
        """Whether all of them are there, on the disk: nobody has to be waited for who still writes them."""
        return self.size is not None

    @property
    def position(self) -> int:
        """Bytes read so far: of the file where it has a size, else of the lines."""
        return self._raw.tell() if self._raw.seekable() else self._consumed

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Give number and content of each line. Raise ImportRefused for what can't be read."""
        for number in count(1):
            line = self._read(number)
            if not line:
                return
            self._consumed += len(line)
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if content := line.strip():
                yield number, content

    def _read(self, number: int) -> bytes:
        try:
            line = self._stream.readline(MAX_LINE_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ImportRefused(number, f"the compressed data is cut off or damaged here ({error})") from error
        if len(line) > MAX_LINE_BYTES:
            raise ImportRefused(number, f"the line has more than {MAX_LINE_BYTES} bytes")
        return line


def _standard_input() -> io.BufferedReader[Any]:
    # Closed standard input is None in Python.
    if sys.stdin is None:
        raise OSError("Standard input is closed.")
    # Callers of call_command() put other things in its place: a text, or bytes that can't be looked at beforehand.
    binary: Any = getattr(sys.stdin, "buffer", None)
    if binary is None:
        binary = io.BytesIO(sys.stdin.read().encode())
    return binary if hasattr(binary, "peek") else io.BufferedReader(binary)


@contextmanager
def open_lines(path: str) -> Iterator[Lines]:
    """Open a file, or standard input for ``-``.

    Raise OSError if there is no such file, it can't be read, or is named ``.gz`` and is not gzipped.
    """
    if path == STANDARD_STREAM:
        yield Lines(_standard_input())
        return
    with io.BufferedReader(io.FileIO(path), _BUFFER_BYTES) as raw:
        lines = Lines(raw)
        if path.endswith(".gz") and not lines.compressed:
            raise gzip.BadGzipFile(f"Not a gzip file: {path!r}")
        yield lines
