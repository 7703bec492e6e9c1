"""Lines out of files of every kind."""

from __future__ import annotations

import gzip
import io
import os
import sys
from pathlib import Path

import pytest

from eventstore_django.exceptions import ImportRefused
from eventstore_django.transfer import lines
from eventstore_django.transfer.lines import Lines, open_lines

from .support import reading


def test_lines_are_numbered_from_one() -> None:
    assert list(reading(b"a\nb\n")) == [(1, b"a"), (2, b"b")]


def test_a_last_line_without_newline_is_read() -> None:
    assert list(reading(b"a\nb")) == [(1, b"a"), (2, b"b")]


def test_empty_lines_are_counted_and_left_out() -> None:
    assert list(reading(b"\na\n  \r\n\nb\r\n")) == [(2, b"a"), (5, b"b")]


def test_a_byte_order_mark_is_taken_off_the_first_line_only() -> None:
    assert list(reading(b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n")) == [(1, b"a"), (2, b"\xef\xbb\xbfb")]


def test_only_line_feeds_end_lines() -> None:
    text = "a\u2028b\x0bc\u0085d".encode()
    assert list(reading(text)) == [(1, text)]


def test_an_empty_file_has_no_lines() -> None:
    assert list(reading(b"")) == []


def test_gzip_is_told_by_its_first_bytes() -> None:
    assert list(reading(gzip.compress(b"a\nb\n"))) == [(1, b"a"), (2, b"b")]


def test_gzip_files_put_together_are_read_as_one() -> None:
    assert list(reading(gzip.compress(b"a\n") + gzip.compress(b"b\n"))) == [(1, b"a"), (2, b"b")]


def test_a_cut_gzip_file_is_refused_after_its_whole_lines() -> None:
    whole = gzip.compress(b"".join(b"%d\n" % number for number in range(50_000)))
    found = []
    with pytest.raises(ImportRefused, match="cut off or damaged") as refused:
        for number, _ in reading(whole[: len(whole) // 2]):
            found.append(number)
    assert found == list(range(1, refused.value.line))
    assert len(found) > 1000


def test_a_damaged_gzip_file_is_refused() -> None:
    damaged = bytearray(gzip.compress(b"a\n"))
    damaged[-5] ^= 1
    with pytest.raises(ImportRefused, match=r"line \d+: the compressed data is cut off or damaged"):
        list(reading(bytes(damaged)))


def test_a_line_that_could_not_be_an_event_is_not_read_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 10)
    assert list(reading(b"012345678\n")) == [(1, b"012345678")]
    with pytest.raises(ImportRefused, match="line 2: the line has more than 10 bytes"):
        list(reading(b"a\n0123456789\n"))


def test_position_and_size_are_those_of_the_compressed_file(tmp_path: Path) -> None:
    path = tmp_path / "events.gz"
    path.write_bytes(gzip.compress(b"a\n" * 10_000))
    with open_lines(str(path)) as opened:
        assert (opened.position, opened.size) == (0, path.stat().st_size)
        assert len(list(opened)) == 10_000
        assert opened.position == path.stat().st_size


def test_what_a_file_holds_is_complete_and_what_a_pipe_gives_is_not(tmp_path: Path) -> None:
    (tmp_path / "events").write_bytes(b"a\n")
    with open_lines(str(tmp_path / "events")) as opened:
        assert opened.is_complete
    reading, writing = os.pipe()
    with open(writing, "wb"), open(reading, "rb") as pipe:
        os.write(writing, b"a\n")
        assert not Lines(pipe).is_complete


def test_a_plain_file_under_any_name_is_read(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_bytes(b"a\n")
    with open_lines(str(path)) as opened:
        assert list(opened) == [(1, b"a")]


def test_a_plain_file_named_gz_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.gz"
    path.write_bytes(b"a\n")
    with pytest.raises(gzip.BadGzipFile, match="Not a gzip file"), open_lines(str(path)):
        pass


@pytest.mark.parametrize("compressed", [False, True])
def test_a_minus_is_standard_input(monkeypatch: pytest.MonkeyPatch, compressed: bool) -> None:
    content = gzip.compress(b"a\nb\n") if compressed else b"a\nb\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))
    with open_lines("-") as opened:
        assert list(opened) == [(1, b"a"), (2, b"b")]
        assert opened.size is None


@pytest.mark.parametrize("stdin", [io.TextIOWrapper(io.BytesIO("ä\nb".encode())), io.StringIO("ä\nb")])
def test_what_stands_in_for_standard_input_is_read_too(monkeypatch: pytest.MonkeyPatch, stdin: io.TextIOBase) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with open_lines("-") as opened:
        assert list(opened) == [(1, "ä".encode()), (2, b"b")]


def test_closed_standard_input_is_an_os_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(OSError, match="closed"), open_lines("-"):
        pass
