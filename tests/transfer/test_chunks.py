"""Lines in portions."""

from __future__ import annotations

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


def test_lines_can_be_read_before_their_chunk_is_asked_for() -> None:
    lines = iter([(number, line(number)) for number in range(1, 6)])
    found = Chunks(lines, 3)
    found.read(2)
    assert next(lines)[0] == 3
    assert [record.line for record in next(found)] == [1, 2, 4]


def test_no_more_is_read_ahead_than_the_next_chunk_takes() -> None:
    lines = iter([(number, line(number)) for number in range(1, 6)])
    found = Chunks(lines, 3)
    for _ in range(3):
        found.read(2)
    assert next(lines)[0] == 4


def test_no_more_bytes_are_read_ahead_than_a_chunk_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHUNK_BYTES", 2 * len(line(1)))
    lines = iter([(number, line(number)) for number in range(1, 6)])
    Chunks(lines, 3).read(3)
    assert next(lines)[0] == 3


def test_a_refused_line_that_was_read_ahead_is_told_after_the_lines_before_it() -> None:
    found = Chunks(lines_of(line(1), line(2), b"x"), 2)
    assert len(next(found)) == 2
    found.read(2)
    with pytest.raises(ImportRefused, match="line 3"):
        next(found)


def test_the_end_can_be_read_ahead() -> None:
    found = Chunks(lines_of(line(1)), 2)
    found.read(2)
    assert [len(chunk) for chunk in found] == [1]
