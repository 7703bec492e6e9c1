from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from eventstore_django.embedded.server import ensure_server

from .support import ANSWERS, PROJECT, STARTED, User, postmaster, running, server_lock_is_free, servers

StartUser = Callable[..., User]


def test_first_connection_starts_a_server_and_makes_the_database(start_user: StartUser) -> None:
    user = start_user(statement="SELECT current_database() || ' ' || split_part(version(), ' ', 1)")
    assert user.answer() == "shop PostgreSQL"


def test_loading_django_starts_nothing(fresh: Path) -> None:
    code = (
        "from django.conf import settings; import django; from django.core.management import call_command;"
        "database = {'ENGINE': 'eventstore_django.embedded', 'NAME': 'x', 'PGDATA': %r};"
        "settings.configure(DATABASES={'default': database});"
        "django.setup(); call_command('check')"
    )
    subprocess.run([sys.executable, "-c", code % str(fresh)], cwd=PROJECT, check=True)
    assert list(fresh.parent.iterdir()) == []


def test_data_is_there_after_a_restart(start_user: StartUser, data: Path) -> None:
    start_user(statement="CREATE TABLE item AS SELECT 41 AS number").finish()
    assert servers(data) == []
    start_user(statement="UPDATE item SET number = number + 1").finish()
    assert start_user(statement="SELECT number FROM item").answer() == "42"


def test_second_process_shares_the_server(start_user: StartUser, data: Path) -> None:
    assert start_user(statement=STARTED).answer() == start_user(statement=STARTED).answer()


def test_four_simultaneous_cold_starts_make_one_server(start_user: StartUser) -> None:
    users = [start_user(statement=STARTED) for _ in range(4)]
    assert len({user.answer() for user in users}) == 1


def test_first_user_leaving_does_not_stop_the_server(start_user: StartUser, data: Path) -> None:
    first, second = start_user(), start_user()
    first.report(), second.report()
    pid = postmaster(data)
    assert first.finish() == 0
    assert start_user(statement=ANSWERS).answer() == "yes"
    assert postmaster(data) == pid
    assert second.finish() == 0


def test_forked_child_keeps_the_server_of_its_killed_parent(start_user: StartUser, data: Path) -> None:
    user = start_user(start="fork")
    parent, child = user.report(), user.report()
    assert parent["pid"] != child["pid"]
    user.process.kill()
    user.process.wait()
    assert start_user(statement=ANSWERS).answer() == "yes"
    assert not server_lock_is_free(data)


def test_settings_reach_the_server(start_user: StartUser, data: Path) -> None:
    settings = {"fsync": "off", "search_path": 'it\'s, "$HOME"', "work_mem": "5MB"}
    statement = "SELECT current_setting('search_path') || ' ' || current_setting('work_mem')"
    assert start_user(statement=statement, SERVER_SETTINGS=settings).answer() == 'it\'s, "$HOME" 5MB'


def test_defaults_are_durable(start_user: StartUser, data: Path) -> None:
    statement = "SELECT current_setting('fsync') || ' ' || current_setting('synchronous_commit')"
    assert start_user(statement=statement, SERVER_SETTINGS={}).answer() == "on on"


@pytest.mark.parametrize("name", ["port", "listen_addresses", "a b", "x'"])
def test_refused_setting_is_named(place: Path, name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"SERVER_SETTINGS cannot set .{name}"):
        ensure_server(place / "data", {name: "1"})


def test_failing_start_shows_the_end_of_the_log(start_user: StartUser, data: Path) -> None:
    errors = start_user(SERVER_SETTINGS={"work_mem": "much"}).errors()
    assert "EmbeddedServerError: PostgreSQL did not start" in errors
    assert 'invalid value for parameter "work_mem"' in errors
    assert servers(data) == []


def test_foreign_files_are_not_touched(start_user: StartUser, fresh: Path) -> None:
    fresh.mkdir()
    (fresh / "diary").write_text("dear diary")
    assert "ImproperlyConfigured" in start_user().errors()
    assert [path.name for path in fresh.iterdir()] == ["diary"]
    assert "diary" not in " ".join(running(fresh))
