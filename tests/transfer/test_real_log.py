"""The real logs, there and back."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from django.core.management import call_command

from eventstore_django import EventStore

from .support import data_file, inputs, stored
from .test_processes import kill_and_resume

pytestmark = pytest.mark.data


@pytest.fixture
def permits() -> Path:
    return data_file("permits.jsonl.gz")


def run_import(path: Path, **options: str) -> str:
    out = io.StringIO()
    call_command("import_events", str(path), stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db(databases=["default", "sqlite"])
def test_the_permits_come_out_as_they_went_in(permits: Path, tmp_path: Path, store: EventStore) -> None:
    expected = inputs(permits)
    assert run_import(permits, database=store.using) == "8577 events: 8577 stored, 0 there already\n"
    assert stored(store.using) == expected
    call_command("export_events", str(tmp_path / "out.gz"), database=store.using, verbosity=0)
    assert inputs(tmp_path / "out.gz") == expected
    assert run_import(permits, database=store.using) == "8577 events: 0 stored, 8577 there already\n"
    assert run_import(tmp_path / "out.gz", database=store.using) == "8577 events: 0 stored, 8577 there already\n"


@pytest.mark.django_db(databases=["default", "sqlite"])
def test_an_export_of_an_import_of_an_export_is_the_same_bytes(permits: Path, tmp_path: Path) -> None:
    run_import(permits, database="default")
    call_command("export_events", str(tmp_path / "first"), database="default", verbosity=0)
    run_import(tmp_path / "first", database="sqlite")
    call_command("export_events", str(tmp_path / "second"), database="sqlite", verbosity=0)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


@pytest.mark.django_db(transaction=True)
def test_killed_imports_of_the_permits_lose_and_double_nothing(permits: Path) -> None:
    counts = kill_and_resume(permits, gzip.decompress(permits.read_bytes()), seed=2)
    assert any(0 < count < 8577 for count in counts)
    run_import(permits)
    assert stored() == inputs(permits)
