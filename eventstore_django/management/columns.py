"""Rows as text in columns, for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..workers import tracebacks


def columns(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a line of headings and one for each row; numbers stand at the right of their columns."""
    rows = list(rows)
    cells = [[printable(str(cell)) for cell in row] for row in (headings, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    numbers = [isinstance(cell, int | float) for cell in (rows[0] if rows else headings)]
    return [_line(line, widths, numbers) for line in cells]


def printable(text: str) -> str:
    """Return a text with what a terminal would take for commands made visible."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def error_line(text: str) -> str:
    """Return the line of a traceback that names the error, to be printed."""
    return printable(tracebacks.error_line(text))


def _line(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    aligned = (
        cell.rjust(width) if is_number else cell.ljust(width)
        for cell, width, is_number in zip(cells, widths, numbers, strict=True)
    )
    return "  ".join(aligned).rstrip()
