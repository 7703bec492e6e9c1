"""Lines in portions."""

from __future__ import annotations

import pytest

from eventstore_django.exceptions import ImportRefused
from eventstore_django.instances import as_new_event
from eventstore_django.transfer import chunks as module
from eventstore_django.transfer.chunks import chunks, operations, runs
from eventstore_django.transfer.records import read_record

from .support import line, lines_of


def test_chunks_have_at_most_the_asked_size() -> None:
    found = chunks(lines_of(*(line(number) for number in range(5))), 2)
    assert [[record.line for record in chunk] for chunk in found] == [[1, 2], [3, 4], [5]]


def test_a_chunk_ends_when_it_has_enough_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHUNK_BYTES", 2 * len(line(1)))
    found = chunks(lines_of(*(line(number) for number in range(5))), 100)
    assert [len(chunk) for chunk in found] == [2, 2, 1]


def test_what_stands_before_a_refused_line_is_given_first() -> None:
    found = []
    with pytest.raises(ImportRefused, match="line 4"):
        for chunk in chunks(lines_of(line(1), line(2), line(3), b"x", line(5)), 2):
            found.append([record.line for record in chunk])
    assert found == [[1, 2], [3]]


def test_a_chunk_is_given_before_more_lines_are_read() -> None:
    lines = iter([(1, line(1)), (2, line(2)), (3, line(3))])
    next(chunks(lines, 2))
    assert next(lines)[0] == 3


def test_neighbours_of_one_stream_are_one_operation_and_the_order_stays() -> None:
    names = ["A-1", "A-1", "B-1", "A-1"]
    records = [read_record(number, line(number, stream_id=name)) for number, name in enumerate(names)]
    found = operations(runs(records))
    told = [
        (operation.stream_id, [as_new_event(event).payload["number"] for event in operation.events])
        for operation in found
    ]
    assert told == [("A-1", [0, 1]), ("B-1", [2]), ("A-1", [3])]
