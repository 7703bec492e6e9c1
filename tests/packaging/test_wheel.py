"""The wheel, in a project that knows nothing of this checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PACKAGED = (".css", ".html", ".js", ".sql", ".typed")
SCRATCH = "eventstore_foreign_project"

Run: TypeAlias = Callable[..., str]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(directory), str(ROOT)]
    subprocess.run(command, check=True, cwd=directory)
    return next(directory.glob("*.whl"))


@pytest.fixture
def events_url(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock():
        parameters = connection.get_connection_params()
    server = {name: parameters[name] for name in ("host", "port", "user", "password") if parameters.get(name)}
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
        admin.execute(f"CREATE DATABASE {SCRATCH}")
        query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in server.items())
        yield f"postgres:///{SCRATCH}?{query}"
        admin.execute(f"DROP DATABASE {SCRATCH} WITH (FORCE)")


@pytest.fixture
def run(wheel: Path, events_url: str, tmp_path: Path) -> Run:
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)], check=True
    )
    project = tmp_path / "project"
    project.mkdir()
    for name in ("foreign.py", "foreign_urls.py", "foreign_use.py"):
        (project / name).write_text((HERE / name).read_text())
    environment = {
        **os.environ,
        "PYTHONPATH": f"{site}{os.pathsep}{project}",
        "DJANGO_SETTINGS_MODULE": "foreign",
        "EVENTS_URL": events_url,
    }

    def command(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return command


def test_the_wheel_holds_sql_pages_and_types_and_no_tests_of_the_checkout(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    expected = [path for path in (ROOT / "eventstore_django").rglob("*") if path.suffix in PACKAGED]
    assert expected
    assert {str(path.relative_to(ROOT)) for path in expected} <= set(names)
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"eventstore_django"}


def test_a_foreign_project_migrates_appends_and_shows_events_in_a_database_of_their_own(run: Run) -> None:
    run("-m", "django", "migrate", "--verbosity", "0")
    run("-m", "django", "migrate", "--verbosity", "0", "--database", "events")
    run("-m", "django", "check", "--database", "events", "--database", "default")
    run("-m", "django", "makemigrations", "--check", "--dry-run")
    told = json.loads(run("foreign_use.py"))
    assert "site" in Path(told.pop("package")).parts
    assert told == {
        "using": "events",
        "owners": ["Ada"],
        "orm": 1,
        "tables in default": [],
        "admin": 200,
        "api": "Account-1",
    }
