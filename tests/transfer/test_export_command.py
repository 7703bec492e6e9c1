"""``manage.py export_events``: what it says and how it ends."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from eventstore_django import EventStore, NewEvent
from eventstore_django.testing.contract.undecodable import INFINITE, write_undecodable

from .databases import other_database, rename_tables

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


@pytest.fixture(autouse=True)
def filled() -> None:
    for number, name in enumerate(["Account-1", "tenant-1/Account/1", "orders:1"]):
        EventStore("default").append(name, [NewEvent("A", {"number": number})])


def run(path: Path | str, **options: Any) -> str:
    out = io.StringIO()
    call_command("export_events", str(path), stdout=out, **options)
    return out.getvalue()


def found(content: bytes | str) -> list[int]:
    return [json.loads(text)["payload"]["number"] for text in content.splitlines()]


def test_a_file_is_written_and_the_events_are_counted(tmp_path: Path) -> None:
    assert run(tmp_path / "events.jsonl") == "3 events\n"
    assert found((tmp_path / "events.jsonl").read_bytes()) == [0, 1, 2]


def test_a_file_named_gz_is_compressed(tmp_path: Path) -> None:
    run(tmp_path / "events.jsonl.gz")
    assert found(gzip.decompress((tmp_path / "events.jsonl.gz").read_bytes())) == [0, 1, 2]


def test_standard_output_holds_events_and_nothing_else() -> None:
    assert found(run("-")) == [0, 1, 2]


def test_without_a_path_it_writes_to_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    call_command("export_events")
    out, err = capsysbinary.readouterr()
    assert (found(out), err) == ([0, 1, 2], b"")


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--stream=orders:1", [2]),
        ("--category=Account", [0, 1]),
        ("--partition=tenant-1", [1]),
        ("--from-position=0", [0, 1, 2]),
        ("--to-position=0", []),
        ("--database=sqlite", []),
    ],
)
def test_options_select(option: str, expected: list[int]) -> None:
    out = io.StringIO()
    call_command("export_events", option, stdout=out)
    assert found(out.getvalue()) == expected


def test_a_directory_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r": Is a directory$"):
        run(tmp_path)


def test_a_path_that_can_not_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r": No such file or directory$"):
        run(tmp_path / "none" / "events.jsonl")


def test_a_stream_name_that_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a valid stream name"):
        run(tmp_path / "events.jsonl", stream="$some")


def test_a_database_without_the_tables_is_told_in_one_line_and_leaves_no_file(tmp_path: Path) -> None:
    rename_tables("sqlite")
    with pytest.raises(CommandError) as error:
        run(tmp_path / "events.jsonl", database="sqlite")
    assert "manage.py migrate --database sqlite" in str(error.value)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_is_not_supported_is_told_in_one_line(tmp_path: Path) -> None:
    with other_database("django.db.backends.dummy"), pytest.raises(CommandError) as error:
        run(tmp_path / "events.jsonl", database="other")
    assert str(error.value).startswith("The event store does not work on ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("using", ["default", "sqlite"])
@pytest.mark.parametrize("part", ["payload", "metadata"])
def test_what_python_can_not_decode_is_exported_as_it_is_stored_and_told(
    using: str, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = EventStore(using).append("strange-1", [NewEvent("A", {"number": 0})]).events[0]
    write_undecodable(using, first, '{"a":\n [' + "9" * 5000 + "]}", part, event_version=2)
    err = io.StringIO()
    lines = run("-", database=using, stream="strange-1", stderr=err).splitlines()
    assert [line.count("9" * 5000) for line in lines] == [0, 1]
    assert err.getvalue().startswith("Python can't decode 1 of these events, which another client has written, at ")


@pytest.mark.parametrize("using", ["default", "sqlite"])
@pytest.mark.parametrize("part", ["payload", "metadata"])
def test_a_number_beyond_all_floats_is_exported_as_it_is_stored_and_told(using: str, part: str) -> None:
    first = EventStore(using).append("strange-1", [NewEvent("A", {"number": 0})]).events[0]
    write_undecodable(using, first, INFINITE, part, event_version=2)
    err = io.StringIO()
    lines = run("-", database=using, stream="strange-1", stderr=err).splitlines()
    assert [INFINITE in line for line in lines] == [False, True]
    assert "1 of these events" in err.getvalue()


@pytest.mark.parametrize("using", ["default", "sqlite"])
def test_a_time_that_python_has_not_is_exported_as_it_is_stored_and_told(using: str) -> None:
    first = EventStore(using).append("strange-1", [NewEvent("A", {"number": 0})]).events[0]
    write_undecodable(using, first, "infinity", "occurred_at", event_version=2)
    err = io.StringIO()
    lines = run("-", database=using, stream="strange-1", stderr=err).splitlines()
    assert [json.loads(line)["occurred_at"] == "infinity" for line in lines] == [False, True]
    assert "1 of these events" in err.getvalue()
