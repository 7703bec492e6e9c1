from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeAlias

import pytest
from django.db import connection

from tests.concurrency.processes import Workers, database_url
from tests.concurrency.sessions import execute

Scratch: TypeAlias = Callable[[str], Workers]


@pytest.fixture(params=["postgresql", "sqlite"])
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def scratch(vendor: str, transactional_db: None, tmp_path: Path) -> Iterator[Scratch]:
    """Make an empty database of that name; what it returns runs functions in processes that use it."""
    with ExitStack() as used:
        yield lambda name: _database(vendor, name, tmp_path, used)


@pytest.fixture
def database(scratch: Scratch) -> Workers:
    """An empty database with the name of one in production."""
    return scratch("eventstore_scratch")


def _database(vendor: str, name: str, directory: Path, used: ExitStack) -> Workers:
    if vendor == "sqlite":
        url = f"sqlite:///{directory}/{name}.sqlite3"
    else:
        # Other suites may run on the same server: their scratch databases have other names.
        name = f"{name}_{connection.settings_dict['NAME']}"
        execute(f'DROP DATABASE IF EXISTS "{name}"')
        execute(f'CREATE DATABASE "{name}"')
        used.callback(execute, f'DROP DATABASE "{name}" WITH (FORCE)')
        url = database_url(name)
    return used.enter_context(closing(Workers(url)))
