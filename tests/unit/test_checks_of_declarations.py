"""The system checks of declared subscriptions, and of the requests beside them: no database is looked into."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections

from eventstore_django import RecordedEvent, subscription
from eventstore_django.checks.declarations import check_models, check_names
from eventstore_django.checks.settings import check_requests
from eventstore_django.subscriptions.declarations import registry
from eventstore_django.testing.subscriptions import temporary_subscriptions
from example_project.bank.models import Balance

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture(autouse=True)
def nothing_is_declared() -> Iterator[None]:
    with temporary_subscriptions():
        for declaration in registry.all():
            registry.remove(declaration)
        yield


def first(event: RecordedEvent) -> None: ...


class Second:
    def handle(self, event: RecordedEvent) -> None: ...


def declare(*models: Any) -> None:
    subscription("balances", models=models)(first)


def route(settings: Settings, **aliases: str) -> None:
    """Send models, by the names of their classes, to databases."""
    router = SimpleNamespace(db_for_write=lambda model, **hints: aliases.get(model.__name__))
    settings.DATABASE_ROUTERS = [router]


def only(found: list[CheckMessage], kind: type[CheckMessage]) -> CheckMessage:
    (message,) = found
    assert type(message) is kind
    assert message.hint
    return message


# Names


def test_two_subscriptions_of_one_name_are_an_error_that_names_both_handlers() -> None:
    subscription("balances")(first)
    subscription("balances")(Second)
    error = only(check_names(), Error)
    assert error.id == "eventstore.E008"
    assert "'balances'" in error.msg
    assert f"{__name__}.first" in error.msg
    assert f"{__name__}.Second" in error.msg


def test_each_name_that_stands_twice_is_told_once() -> None:
    for name in ("one", "two", "three"):
        subscription(name)(first)
    for name in ("one", "two"):
        subscription(name)(Second)
    assert [error.id for error in check_names()] == ["eventstore.E008"] * 2


def test_subscriptions_of_different_names_pass_the_check() -> None:
    subscription("one")(first)
    subscription("two")(first)
    assert check_names() == []


def test_a_module_that_is_loaded_anew_declares_nothing_twice() -> None:
    subscription("balances")(first)
    subscription("balances")(first)
    assert check_names() == []


# Models


def test_models_beside_the_events_pass_the_check() -> None:
    declare(Balance, Group, "bank.Balance")
    assert check_models() == []


def test_a_model_in_another_database_is_a_warning_that_names_both(settings: Settings) -> None:
    route(settings, Balance="sqlite")
    declare(Group, Balance)
    warning = only(check_models(), Warning)
    assert warning.id == "eventstore.W001"
    assert all(part in warning.msg for part in ("'balances'", "bank.Balance", "'sqlite'", "'default'"))


def test_a_model_that_is_named_as_a_text_is_looked_up(settings: Settings) -> None:
    route(settings, Balance="sqlite")
    declare("bank.Balance")
    assert only(check_models(), Warning).id == "eventstore.W001"


def test_models_that_go_with_the_events_to_another_database_pass_the_check(settings: Settings) -> None:
    route(settings, Balance="sqlite", Event="sqlite")
    declare(Balance)
    assert check_models() == []


def test_models_that_stay_behind_when_the_events_are_routed_are_a_warning(settings: Settings) -> None:
    route(settings, Event="sqlite")
    declare(Balance)
    assert only(check_models(), Warning).id == "eventstore.W001"


@pytest.mark.parametrize("entry", ["bank.Balnce", "Balance", "nobody.Balance", "", 7, None, object, Second], ids=repr)
def test_what_is_no_model_is_an_error_that_names_it(entry: Any) -> None:
    declare(Balance, entry)
    error = only(check_models(), Error)
    assert error.id == "eventstore.E010"
    assert "'balances'" in error.msg
    assert repr(entry) in error.msg


# Requests


@pytest.fixture
def atomic_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    for alias in ("default", "sqlite"):
        monkeypatch.setitem(connections[alias].settings_dict, "ATOMIC_REQUESTS", True)


def test_requests_without_a_transaction_around_them_pass_the_check() -> None:
    assert check_requests() == []


@pytest.mark.usefixtures("atomic_requests")
def test_a_transaction_around_each_request_is_a_warning() -> None:
    warning = only(check_requests(), Warning)
    assert warning.id == "eventstore.W002"
    assert "'default'" in warning.msg
    assert "docs/positions.md" in (warning.hint or "")


@pytest.mark.usefixtures("atomic_requests")
def test_on_sqlite_such_a_transaction_holds_no_reader_back(settings: Settings) -> None:
    route(settings, Event="sqlite")
    assert check_requests() == []


def test_only_the_database_of_the_events_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections["sqlite"].settings_dict, "ATOMIC_REQUESTS", True)
    assert check_requests() == []
