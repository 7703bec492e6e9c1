from __future__ import annotations

import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.checks import CheckMessage, Tags, registry
from django.db import connections

from eventstore_django import UnsupportedDatabase, backends, checks, conf
from eventstore_django.backends import backend_for
from eventstore_django.backends.postgresql import PostgreSQLBackend
from eventstore_django.backends.sqlite import SQLiteBackend
from eventstore_django.models import Event

if TYPE_CHECKING:
    from pytest_django import Settings

# For each key: values that it takes, and values that it refuses.
VALUES: dict[str, tuple[list[Any], list[Any]]] = {
    "API_REQUIRE_PRECONDITION": ([True, False], [None, 0, 1, "yes"]),
    "API_SCOPE": ([None, "shop.tenants.scope"], ["scope", "", "shop.", ".scope", "shop tenants.scope", 1, len]),
    "APPEND_FUNCTION": ([True, False], [None, 0, 1, "yes"]),
    "HANDLER_TIME_LIMIT": ([0.1, 60, 86_400], [0, 0.09, 86_401, True, "60", None, math.nan, math.inf]),
    "LEASE_SECONDS": ([0.5, 15, 3600.0], [0, 0.49, 3601, True, "15", None, math.nan]),
    "NOTIFICATIONS": ([True, False], [None, 0, 1, "off"]),
    "POLL_INTERVAL": ([0.01, 1, 60.0], [0, 0.009, 61, True, "1", None, math.nan]),
    "POSITION_LOCK_CLASS": ([1, 2**31 - 1], [0, -1, 2**31, True, 1.0, "1", None]),
    "READ_BATCH_SIZE": ([1, 10_000], [0, 10_001, True, 2.0, "5", None]),
    "SNAPSHOTS_KEPT": ([1, 1_000_000, None], [0, -1, 1_000_001, True, 1.0, "3"]),
    "SUBSCRIPTION_BATCH_SIZE": ([1, 10_000], [0, 10_001, True, 2.0, "5", None]),
    "RETRIES": ([0, 100], [-1, 101, False, 1.5, None]),
    "REQUEST_ID_HEADER": (["X-Trace", "Traceparent"], ["", "X Trace", "X_Trace\n", "X-Träce", b"X", None, 1]),
    "CORRELATION_ID_HEADER": (["X-Saga", "A"], ["", "-", "X:Saga", None, ["X-Saga"]]),
}
ACCEPTED = [(key, value) for key, (good, _) in VALUES.items() for value in good]
PACKAGE = sorted(Path(str(checks.__file__)).parent.glob("*.py"))
REFUSED = [(key, value) for key, (_, bad) in VALUES.items() for value in bad]


def _ids_in(*files: Path) -> list[str]:
    return [found for file in files for found in re.findall(r'"(eventstore\.[EWI]\d{3})"', file.read_text("utf-8"))]


def _ids(found: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in found]


@pytest.fixture
def unsupported(monkeypatch: pytest.MonkeyPatch) -> str:
    """Pretend that the SQLite connection is one of an engine that nobody knows."""
    monkeypatch.setattr(connections["sqlite"], "vendor", "oracle")
    return "sqlite"


# Settings


def test_every_setting_is_tested_here() -> None:
    assert set(conf.SETTINGS) == set(VALUES)


@pytest.mark.parametrize("key", sorted(conf.SETTINGS))
def test_the_default_of_a_setting_is_a_value_that_it_takes(key: str) -> None:
    assert conf.SETTINGS[key].accepts(conf.SETTINGS[key].default)


@pytest.mark.parametrize("key", sorted(VALUES))
def test_a_setting_that_is_not_there_has_its_default(key: str, settings: Settings) -> None:
    settings.EVENTSTORE = {}
    assert conf.get(key) == conf.SETTINGS[key].default
    del settings.EVENTSTORE
    assert conf.get(key) == conf.SETTINGS[key].default


@pytest.mark.parametrize(("key", "value"), ACCEPTED)
def test_a_setting_is_read_when_it_is_used(key: str, value: Any, settings: Settings) -> None:
    settings.EVENTSTORE = {key: value}
    reader = getattr(conf, key.lower(), None)
    assert conf.get(key) == value
    assert reader is None or reader() == value


@pytest.mark.parametrize(("key", "value"), ACCEPTED)
def test_a_right_value_passes_the_check(key: str, value: Any, settings: Settings) -> None:
    settings.EVENTSTORE = {key: value}
    assert checks.check_settings() == []


@pytest.mark.parametrize(("key", "value"), REFUSED)
def test_a_wrong_value_is_an_error_that_names_key_and_value(key: str, value: Any, settings: Settings) -> None:
    settings.EVENTSTORE = {key: value}
    (error,) = checks.check_settings()
    assert error.id == "eventstore.E003"
    assert key in error.msg
    assert repr(value) in error.msg
    assert conf.SETTINGS[key].must_be in error.msg


def test_an_unknown_key_is_an_error_that_names_the_known_ones(settings: Settings) -> None:
    settings.EVENTSTORE = {"READ_BATCH": 5, 7: 1}
    found = checks.check_settings()
    assert _ids(found) == ["eventstore.E002", "eventstore.E002"]
    assert ["'READ_BATCH'" in message.msg for message in found].count(True) == 1
    assert "READ_BATCH_SIZE" in (found[0].hint or "")


@pytest.mark.parametrize("value", [None, [], "READ_BATCH_SIZE", 7], ids=repr)
def test_settings_that_are_no_dict_are_one_error(value: Any, settings: Settings) -> None:
    settings.EVENTSTORE = value
    assert _ids(checks.check_settings()) == ["eventstore.E001"]


def test_no_settings_at_all_pass_the_check(settings: Settings) -> None:
    settings.EVENTSTORE = {}
    assert checks.check_settings() == []


# Time zones and engines


def test_use_tz_is_asked_for(settings: Settings) -> None:
    settings.USE_TZ = False
    assert _ids(checks.check_time_zones()) == ["eventstore.E004"]
    settings.USE_TZ = True
    assert checks.check_time_zones() == []


def test_supported_engines_pass_the_check() -> None:
    assert checks.check_engines() == []


def test_an_unsupported_engine_is_an_error_with_the_reason(unsupported: str) -> None:
    (error,) = checks.check_engines()
    assert error.id == "eventstore.E005"
    assert repr(unsupported) in error.msg
    assert "oracle" in error.msg
    assert "PostgreSQL" in (error.hint or "")


def test_an_unsupported_engine_without_the_apps_tables_is_no_error(unsupported: str, settings: Settings) -> None:
    settings.DATABASE_ROUTERS = [SimpleNamespace(allow_migrate=lambda db, app_label, **hints: db != unsupported)]
    assert checks.check_engines() == []


def test_an_unsupported_engine_is_not_looked_into(unsupported: str) -> None:
    assert checks.check_databases(databases=[unsupported]) == []


def test_an_unsupported_engine_has_no_backend(unsupported: str) -> None:
    with pytest.raises(UnsupportedDatabase, match="oracle"):
        backend_for(unsupported)


@pytest.mark.parametrize(("alias", "kind"), [("default", PostgreSQLBackend), ("sqlite", SQLiteBackend)])
def test_a_supported_engine_has_its_backend(alias: str, kind: type) -> None:
    assert type(backend_for(alias)) is kind


def test_every_backend_is_found_by_the_name_of_its_vendor() -> None:
    assert {connections[alias].vendor for alias in ("default", "sqlite")} == set(backends.BACKENDS)


# Databases


@pytest.mark.django_db(databases=["default", "sqlite"])
def test_sound_databases_pass_the_check() -> None:
    assert checks.check_databases(databases=["default", "sqlite"]) == []


@pytest.mark.parametrize("databases", [None, [], ["no such alias"]])
def test_only_the_databases_that_were_asked_for_are_looked_into(databases: Any) -> None:
    assert checks.check_databases(databases=databases) == []


@pytest.mark.django_db(databases=["default", "sqlite"])
@pytest.mark.parametrize(
    ("alias", "kind", "version"), [("default", PostgreSQLBackend, (14, 9)), ("sqlite", SQLiteBackend, (3, 37, 2))]
)
def test_a_server_that_is_too_old_is_an_error(
    alias: str, kind: type, version: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kind, "server_version", lambda self: version)
    (error,) = checks.check_databases(databases=[alias])
    assert error.id == "eventstore.E006"
    assert ".".join(map(str, version)) in error.msg


@pytest.mark.django_db(databases=["default"])
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("ALTER SEQUENCE eventstore_events_position_seq CACHE 32", "CACHE"),
        ("ALTER SEQUENCE eventstore_events_position_seq INCREMENT 2", "ascend"),
        ("ALTER SEQUENCE eventstore_events_position_seq CYCLE", "ascend"),
        ("DROP TRIGGER eventstore_show_position ON eventstore_events", "trigger"),
        ("ALTER TABLE eventstore_events DISABLE TRIGGER eventstore_show_position", "trigger"),
        ("ALTER TABLE eventstore_events ENABLE REPLICA TRIGGER eventstore_show_position", "trigger"),
    ],
)
def test_a_schema_that_breaks_the_order_promise_is_an_error(statement: str, fault: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement)
    (error,) = checks.check_databases(databases=["default"])
    assert error.id == "eventstore.E007"
    assert fault in error.msg


@pytest.mark.django_db(databases=["default"])
def test_a_lock_class_that_was_changed_after_migrate_is_an_error(settings: Settings) -> None:
    settings.EVENTSTORE = {"POSITION_LOCK_CLASS": 7}
    (error,) = checks.check_databases(databases=["default"])
    assert (error.id, "POSITION_LOCK_CLASS" in error.msg) == ("eventstore.E007", True)


@pytest.mark.django_db(databases=["default"])
def test_a_role_that_may_not_read_the_sequence_is_an_error() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE ROLE eventstore_test_reader NOLOGIN")
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO eventstore_test_reader")
        cursor.execute("SET LOCAL ROLE eventstore_test_reader")
    found = checks.check_databases(databases=["default"])
    assert any("USAGE" in message.msg for message in found)


@pytest.mark.django_db(databases=["default"])
def test_a_database_without_the_tables_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PostgreSQLBackend, "is_migrated", lambda self: False)
    monkeypatch.setattr(PostgreSQLBackend, "faults", lambda self: pytest.fail("looked"))
    assert checks.check_databases(databases=["default"]) == []


# All checks


def test_the_checks_are_registered() -> None:
    found: list[Any] = list(registry.registry.registered_checks)
    registered = {check.__name__: check for check in found}
    ours = {name for name, check in registered.items() if check.__module__.startswith(f"{checks.__name__}.")}
    assert ours == {name for name in vars(checks) if name.startswith("check_")}
    assert {name for name in ours if Tags.database in registered[name].tags} == {
        "check_databases",
        "check_subscriptions",
    }


def test_each_check_has_an_id_of_its_own() -> None:
    ids = _ids_in(*PACKAGE)
    assert ids
    assert len(ids) == len(set(ids))


def test_each_check_fires_in_a_test_of_this_directory() -> None:
    assert set(_ids_in(*PACKAGE)) <= set(_ids_in(*Path(__file__).parent.glob("test_*checks*.py")))


@pytest.mark.django_db(databases=["default", "sqlite"])
def test_the_model_of_events_can_be_checked_by_django() -> None:
    assert Event.check(databases=["default", "sqlite"]) == []
