"""Lines in portions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eventstore_django.exceptions import ImportRefused
from eventstore_django.transfer import chunks as module
from eventstore_django.transfer.chunks import Chunks

from .support import line, lines_of


def test_chunks_have_at_most_the_asked_size() -> None:
    found = Chunks(lines_of(*(line(number) for number in range(5))), 2)
    assert [[record.line for record in chunk] for chunk in found] == [[1, 2], [3, 4], [5]]


def test_a_chunk_ends_when_it_has_enough_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHUNK_BYTES", 2 * len(line(1)))
    found = Chunks(lines_of(*(line(number) for number in range(5))), 100)
    assert [len(chunk) for chunk in found] == [2, 2, 1]


def test_what_stands_before_a_refused_line_is_given_first() -> None:
    found = []
    with pytest.raises(ImportRefused, match="line 4"):
        for chunk in Chunks(lines_of(line(1), line(2), line(3), b"x", line(5)), 2):
            found.append([record.line for record in chunk])
    assert found == [[1, 2], [3]]


def test_a_chunk_is_given_before_more_lines_are_read() -> None:
    lines = iter([(1, line(1)), (2, line(2)), (3, line(3))])
    next(Chunks(lines, 2))
    assert next(lines)[0] == 3


def test_a_chunk_can_be_read_before_it_is_asked_for_and_no_more_than_that() -> None:
    lines = iter([(number, line(number)) for number in range(1, 6)])
    found = Chunks(lines, 3)
    found.read()
    found.read()
    assert next(lines)[0] == 4
    assert [[record.line for record in chunk] for chunk in found] == [[1, 2, 3], [5]]


def test_what_is_wrong_with_lines_that_were_read_ahead_is_told_after_the_lines_before() -> None:
    found = Chunks(lines_of(line(1), line(2), line(3), b"x"), 2)
    assert len(next(found)) == 2
    found.read()
    assert len(next(found)) == 1
    with pytest.raises(ImportRefused, match="line 4"):
        next(found)


def test_lines_that_can_not_be_read_are_told_after_the_lines_before() -> None:
    def lines() -> Iterator[tuple[int, bytes]]:
        yield 1, line(1)
        raise OSError("the disk is gone")

    found = Chunks(lines(), 2)
    found.read()
    assert len(next(found)) == 1
    with pytest.raises(OSError, match="gone"):
        next(found)


def test_the_end_can_be_read_ahead() -> None:
    found = Chunks(lines_of(line(1)), 2)
    found.read()
    assert [len(chunk) for chunk in found] == [1]
