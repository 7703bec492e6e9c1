"""Where an export goes."""

from __future__ import annotations

import gzip
import io
import os
import stat
import threading
from pathlib import Path

import pytest

from eventstore_django.transfer.targets import open_target


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with open_target(str(path)) as write:
        write(b"a\n")
        assert [found.name for found in tmp_path.iterdir()] == ["events.jsonl.part"]
    assert [found.name for found in tmp_path.iterdir()] == ["events.jsonl"]
    assert path.read_bytes() == b"a\n"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_leaves_an_older_file_as_it_was_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"old\n")
    with pytest.raises(error), open_target(str(path)) as write:
        write(b"new\n")
        raise error
    assert [found.name for found in tmp_path.iterdir()] == ["events.jsonl"]
    assert path.read_bytes() == b"old\n"


def test_a_name_that_ends_in_gz_is_compressed(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl.gz"
    with open_target(str(path)) as write:
        write(b"a\n")
    assert gzip.decompress(path.read_bytes()) == b"a\n"


def test_the_same_content_is_the_same_gzip_file(tmp_path: Path) -> None:
    for name in ("a.gz", "b.gz"):
        with open_target(str(tmp_path / name)) as write:
            write(b"a\n" * 1000)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    # Bytes 4 to 7 of the header are the time.
    assert (tmp_path / "a.gz").read_bytes()[4:8] == bytes(4)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere" / "events")
    with open_target(str(tmp_path / "link")) as write:
        write(b"a\n")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "elsewhere" / "events").read_bytes() == b"a\n"


def test_a_directory_is_an_os_error_and_stays_empty(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), open_target(str(tmp_path)):
        pass
    assert not Path(f"{tmp_path}.part").exists()


def test_a_path_in_no_directory_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), open_target(str(tmp_path / "none" / "events")):
        pass


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(path.read_bytes()), daemon=True)
    reader.start()
    with open_target(str(path)) as write:
        write(b"a\n")
    # Before anything waits for the reader: without the pipe it would never end.
    assert stat.S_ISFIFO(path.stat().st_mode)
    reader.join()
    assert found == [b"a\n"]


def test_a_minus_is_the_binary_side_of_standard_output() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    with open_target("-", stream) as write:
        write("ä\n".encode())
    assert raw.getvalue() == "ä\n".encode()


def test_a_text_stream_can_take_the_place_of_standard_output() -> None:
    stream = io.StringIO()
    with open_target("-", stream) as write:
        write("ä\n".encode())
    assert stream.getvalue() == "ä\n"
