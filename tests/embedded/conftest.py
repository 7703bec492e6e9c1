from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from eventstore_django.embedded.binaries import find_programs

from .support import User, running, until

ENOUGH_BYTES = 2 * 1024**3


@pytest.fixture(autouse=True)
def _programs() -> None:
    try:
        find_programs()
    except ImproperlyConfigured as error:
        pytest.skip(str(error))


def _parent() -> str | None:
    memory = Path("/", "dev", "shm")
    usable = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ENOUGH_BYTES
    return str(memory) if usable else None


@contextmanager
def _place() -> Iterator[Path]:
    # Not tmp_path: that lies below a directory which the server's user cannot enter when the tests
    # run as root. The short name keeps the socket in the data directory.
    directory = Path(tempfile.mkdtemp(prefix="emb-", dir=_parent())).resolve()
    directory.chmod(0o755)
    yield directory
    assert until(lambda: not running(directory)), running(directory)
    shutil.rmtree(directory)


@pytest.fixture
def place() -> Iterator[Path]:
    """Return a new directory; nothing may run there in the end."""
    with _place() as directory:
        yield directory


@pytest.fixture(scope="session")
def _cluster() -> Iterator[Path]:
    with _place() as directory:
        User(directory / "data").finish()
        yield directory / "data"


@pytest.fixture
def fresh(place: Path) -> Path:
    """Return the path of a data directory that does not exist yet."""
    return place / "data"


@pytest.fixture
def data(fresh: Path, _cluster: Path) -> Path:
    """Return a data directory that initdb has made."""
    subprocess.run(["/bin/cp", "-Rp", str(_cluster), str(fresh)], check=True)
    return fresh


@pytest.fixture
def start_user(fresh: Path) -> Iterator[Callable[..., User]]:
    users: list[User] = []

    def start(directory: Path = fresh, **arguments: Any) -> User:
        users.append(User(directory, **arguments))
        return users[-1]

    yield start
    for user in users:
        user.discard()
