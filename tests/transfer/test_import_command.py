"""``manage.py import_events``: what it says and how it ends."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from eventstore_django.transfer.importing import EventImport, ImportProgress

from .databases import other_database, rename_tables
from .support import content_of, line, numbers, sample

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


def run(path: Path | str, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_events", str(path), stdout=out, **options)
    return out.getvalue()


def test_a_summary_counts_what_was_stored_and_what_was_there(tmp_path: Path) -> None:
    path = sample(tmp_path / "events.jsonl", 5)
    assert run(path) == "5 events: 5 stored, 0 there already\n"
    assert run(path) == "5 events: 0 stored, 5 there already\n"


def test_a_dry_run_says_so(tmp_path: Path) -> None:
    path = sample(tmp_path / "events.jsonl", 5)
    assert run(path, dry_run=True) == "5 events: 5 would be stored, 0 there already\n"
    assert numbers() == []


def test_a_database_can_be_chosen(tmp_path: Path) -> None:
    run(sample(tmp_path / "events.jsonl", 3), database="sqlite")
    assert (numbers("sqlite"), numbers()) == ([0, 1, 2], [])


@pytest.mark.parametrize("compressed", [False, True])
def test_standard_input_after_a_file_finds_everything_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compressed: bool
) -> None:
    path = sample(tmp_path / "events.jsonl", 5)
    run(path)
    content = gzip.compress(path.read_bytes()) if compressed else path.read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))
    assert run("-") == "5 events: 0 stored, 5 there already\n"


def test_a_gzipped_file_after_a_plain_one_finds_everything_there(tmp_path: Path) -> None:
    path = sample(tmp_path / "events.jsonl", 5)
    run(path)
    (tmp_path / "events.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert run(tmp_path / "events.jsonl.gz") == "5 events: 0 stored, 5 there already\n"


def test_a_refused_line_is_an_error_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(content_of(line(0), line(1, payload=[])))
    with pytest.raises(CommandError, match=r"^line 2: payload must be an object, not a list$") as error:
        run(path)
    assert error.value.returncode == 1
    assert numbers() == [0]


def test_a_missing_file_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        run(tmp_path / "none.jsonl")
    assert str(error.value) == f"{tmp_path}/none.jsonl: No such file or directory"


def test_a_directory_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r": Is a directory$"):
        run(tmp_path)


def test_a_plain_file_named_gz_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^Not a gzip file: "):
        run(sample(tmp_path / "events.gz", 1))


@pytest.mark.parametrize("using", ["default", "sqlite"])
def test_a_database_without_the_tables_is_told_in_one_line(tmp_path: Path, using: str) -> None:
    rename_tables(using)
    with pytest.raises(CommandError) as error:
        run(sample(tmp_path / "events.jsonl", 1), database=using)
    assert f"manage.py migrate --database {using}" in str(error.value)
    assert "\n" not in str(error.value)


def test_an_engine_that_is_not_supported_is_told_in_one_line(tmp_path: Path) -> None:
    with other_database("django.db.backends.dummy"), pytest.raises(CommandError) as error:
        run(sample(tmp_path / "events.jsonl", 1), database="other")
    assert str(error.value).startswith("The event store does not work on ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("size", ["0", "1001", "-1", "ten"])
def test_a_chunk_size_out_of_range_is_refused(tmp_path: Path, size: str) -> None:
    with pytest.raises(CommandError, match="not a number from 1 to 1000"):
        call_command("import_events", str(sample(tmp_path / "events.jsonl", 1)), f"--chunk-size={size}")


@pytest.mark.parametrize("from_file", [True, False])
def test_only_a_file_is_read_ahead_of_what_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_file: bool
) -> None:
    path = sample(tmp_path / "events.jsonl", 5)
    asked: list[bool] = []
    run_job = EventImport.run

    def spied(job: EventImport, *arguments: Any, read_ahead: bool) -> ImportProgress:
        asked.append(read_ahead)
        return run_job(job, *arguments, read_ahead=read_ahead)

    monkeypatch.setattr(EventImport, "run", spied)
    # Who writes into a pipe may take long, and nothing may stay uncommitted for as long.
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(path.read_bytes()))))
    run(path if from_file else "-")
    assert asked == [from_file]
