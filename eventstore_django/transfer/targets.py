"""Where an export goes: a file that appears when it is complete, or standard output."""

from __future__ import annotations

import gzip
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, TypeAlias, cast

from .lines import STANDARD_STREAM

Write: TypeAlias = Callable[[bytes], object]

# The default of 9 takes three times as long for a few per cent.
_COMPRESSION = 6
_BUFFER_BYTES = 128 * 1024


@contextmanager
def open_target(path: str, stdout: TextIO | None = None) -> Iterator[Write]:
    """Give the function that writes to a path, gzipped if it ends in ``.gz``; ``-`` is standard output.

    A file is written as ``<path>.part`` and gets its name when the block ends without an error;
    otherwise it is removed. ``stdout`` takes the place of standard output. Raise OSError for a path
    that can't be written.
    """
    if path == STANDARD_STREAM:
        with _standard_output(stdout or sys.stdout) as write:
            yield write
    elif _is_special(path):
        with open(path, "wb") as raw, _compressed(raw, path) as write:
            yield write
    else:
        with _complete_file(Path(path).resolve()) as part, _compressed(part, path) as write:
            yield write


@contextmanager
def _standard_output(stream: TextIO) -> Iterator[Write]:
    binary: BinaryIO | None = getattr(stream, "buffer", None)
    if binary is None:
        # A text stream that a caller gave in place of it, such as StringIO.
        yield lambda data: stream.write(data.decode())
        return
    stream.flush()
    yield binary.write
    binary.flush()


@contextmanager
def _complete_file(path: Path) -> Iterator[BinaryIO]:
    if path.is_dir():
        raise IsADirectoryError(None, "Is a directory", str(path))
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as raw:
            yield raw
            raw.flush()
            # Else the new name could survive a power cut and the content not.
            os.fsync(raw.fileno())
        part.replace(path)
    except BaseException:  # Ctrl-C too: nothing incomplete may stay, and the error goes on as it is
        part.unlink(missing_ok=True)
        raise


@contextmanager
def _compressed(raw: BinaryIO, path: str) -> Iterator[Write]:
    if not path.endswith(".gz"):
        yield raw.write
        return
    # No name and no time inside: the same events are the same file.
    packed = gzip.GzipFile("", "wb", _COMPRESSION, raw, mtime=0)
    # GzipFile does much for each write: it gets many lines at a time.
    with io.BufferedWriter(cast(io.RawIOBase, packed), _BUFFER_BYTES) as stream:
        yield stream.write


def _is_special(path: str) -> bool:
    # A device or a pipe is written to as it is: a rename would put a plain file in its place.
    place = Path(path)
    return place.exists() and not place.is_file() and not place.is_dir()
