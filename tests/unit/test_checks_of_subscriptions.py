"""The system checks that compare stored subscriptions with the log and with what is declared."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections, models
from django.test.utils import CaptureQueriesContext

from eventstore_django import EventStore, NewEvent, RecordedEvent, subscription
from eventstore_django.backends import backend_for
from eventstore_django.backends.eventtypes import stored_event_types
from eventstore_django.backends.postgresql import PostgreSQLBackend
from eventstore_django.checks.subscriptions import check_subscriptions
from eventstore_django.erasure import erasure
from eventstore_django.models import Event, Subscription, SubscriptionShard
from eventstore_django.subscriptions.declarations import registry
from eventstore_django.testing.subscriptions import run_subscriptions_to_head, temporary_subscriptions

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

NAME = "balances"


@pytest.fixture(autouse=True)
def nothing_is_declared() -> Iterator[None]:
    with temporary_subscriptions():
        forget()
        yield


@pytest.fixture(params=["default", "sqlite"])
def alias(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def forget() -> None:
    for declaration in registry.all():
        registry.remove(declaration)


def declare(**options: Any) -> None:
    @subscription(NAME, **options)
    def handle(event: RecordedEvent) -> None: ...


def append(alias: str, *event_types: str) -> None:
    EventStore(alias).append("Account-1", [NewEvent(name, {}) for name in event_types])


def run(alias: str) -> None:
    run_subscriptions_to_head(using=alias)


def check(alias: str) -> list[CheckMessage]:
    return check_subscriptions(databases=[alias])


def only(found: list[CheckMessage], kind: type[CheckMessage], alias: str) -> CheckMessage:
    (message,) = found
    assert type(message) is kind
    assert repr(alias) in message.msg
    assert message.hint
    return message


def shards(alias: str) -> models.QuerySet[SubscriptionShard]:
    return SubscriptionShard.objects.using(alias).filter(subscription=NAME)


# What is looked into


def test_a_sound_subscription_passes_the_check(alias: str) -> None:
    append(alias, "AccountOpened")
    declare(event_types=["AccountOpened"], shards=2)
    run(alias)
    assert check(alias) == []


def test_a_subscription_that_was_never_run_passes_the_check(alias: str) -> None:
    declare()
    assert check(alias) == []


@pytest.mark.parametrize("databases", [None, [], ["no such alias"]])
def test_only_the_databases_that_were_asked_for_are_looked_into(databases: Any) -> None:
    Subscription.objects.create(name="old")
    assert check_subscriptions(databases=databases) == []


def test_a_database_without_the_tables_is_not_looked_into(alias: str) -> None:
    # So it is before the migration that makes them: migrate itself asks first.
    declare(event_types=["Nothing"])
    append(alias, "AccountOpened")
    with connections[alias].cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_subscriptions RENAME TO elsewhere")
    assert check(alias) == []


def test_a_server_that_is_too_old_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    Subscription.objects.create(name="old")
    monkeypatch.setattr(PostgreSQLBackend, "server_version", lambda self: (14, 9))
    assert check("default") == []


def test_a_database_with_a_broken_order_promise_is_not_looked_into(settings: Settings) -> None:
    Subscription.objects.create(name="old")
    settings.EVENTSTORE = {"POSITION_LOCK_CLASS": 7}
    assert check("default") == []


# Checkpoints


def test_a_checkpoint_beyond_the_end_of_the_log_is_an_error(alias: str) -> None:
    append(alias, "A", "B")
    declare()
    run(alias)
    shards(alias).update(position=models.F("position") + 1)
    error = only(check(alias), Error, alias)
    assert error.id == "eventstore.E009"
    assert f"{NAME}[0]" in error.msg
    assert f"reset_subscription {NAME}" in (error.hint or "")


def test_a_checkpoint_with_another_event_is_an_error(alias: str) -> None:
    append(alias, "A", "B")
    declare()
    run(alias)
    shards(alias).update(event_id=uuid4())
    assert only(check(alias), Error, alias).id == "eventstore.E009"


def test_wrong_checkpoints_of_one_subscription_are_told_once(alias: str) -> None:
    append(alias, "A")
    declare(shards=3)
    run(alias)
    shards(alias).update(event_id=uuid4(), event_position=1)
    assert only(check(alias), Error, alias).id == "eventstore.E009"


def test_the_checkpoint_of_a_version_that_is_not_in_use_does_not_count(alias: str) -> None:
    append(alias, "A")
    declare()
    run(alias)
    shards(alias).create(subscription_id=NAME, version=2, number=0, position=10**9, event_id=uuid4())
    assert check(alias) == []


def test_the_checkpoint_of_what_nobody_declares_is_no_error(alias: str) -> None:
    append(alias, "A")
    declare()
    run(alias)
    shards(alias).update(event_id=uuid4())
    forget()
    assert [message.id for message in check(alias)] == ["eventstore.W004"]


def test_a_checkpoint_beyond_the_log_of_what_had_nothing_to_handle_is_an_error() -> None:
    append("default", "A")
    declare(event_types=["B"])
    run("default")
    shards("default").update(position=models.F("position") + 10**6)
    assert "eventstore.E009" in [message.id for message in check("default")]


def erase_the_last_event(alias: str) -> None:
    append(alias, "A", "B")
    declare()
    run(alias)
    with erasure(reason="It was wrong.", actor="Ada", using=alias) as door:
        door.remove(Event.objects.using(alias).of_type("B"))


def test_a_last_event_that_was_erased_is_no_error() -> None:
    erase_the_last_event("default")
    assert check("default") == []


def test_a_last_event_that_was_erased_is_no_error_on_sqlite() -> None:
    erase_the_last_event("sqlite")
    assert check("sqlite") == []


# What nobody declares


def test_a_stored_subscription_that_nobody_declares_is_a_warning(alias: str) -> None:
    declare()
    run(alias)
    forget()
    subscription("another")(print)
    warning = only(check(alias), Warning, alias)
    assert warning.id == "eventstore.W004"
    assert repr(NAME) in warning.msg


def test_what_the_hint_says_removes_it(alias: str) -> None:
    append(alias, "A")
    declare()
    run(alias)
    forget()
    statement = (check(alias)[0].hint or "").rpartition(": ")[2].rstrip(".")
    exec(statement, {"Subscription": Subscription})  # the hint's own text
    assert check(alias) == []
    assert not shards(alias).exists()


# Shards


def test_another_number_of_shards_than_declared_is_a_warning(alias: str) -> None:
    declare(shards=2)
    run(alias)
    forget()
    declare(shards=4)
    warning = only(check(alias), Warning, alias)
    assert warning.id == "eventstore.W005"
    assert "shards=4" in warning.msg
    assert "with 2" in warning.msg
    assert f"rebuild_subscription {NAME}" in (warning.hint or "")


def test_shards_of_a_version_that_is_not_in_use_do_not_count(alias: str) -> None:
    declare()
    run(alias)
    shards(alias).create(subscription_id=NAME, version=2, number=0)
    assert check(alias) == []


# Event types


def test_a_type_that_no_event_has_is_a_warning_with_the_one_that_may_be_meant() -> None:
    append("default", "AccountOpened", "MoneyDeposited")
    declare(event_types=["MoneyDeposted", "AccountOpened"])
    warning = only(check("default"), Warning, "default")
    assert warning.id == "eventstore.W003"
    assert "'MoneyDeposted'" in warning.msg
    assert "Did you mean 'MoneyDeposited'?" in (warning.hint or "")


def test_a_type_that_resembles_none_is_a_warning_without_a_guess() -> None:
    append("default", "AccountOpened")
    declare(event_types=["Xylophone"])
    assert "Did you mean" not in (only(check("default"), Warning, "default").hint or "")


def test_on_an_empty_log_no_type_is_missed() -> None:
    declare(event_types=["MoneyDeposited"])
    assert check("default") == []


def test_types_are_missed_where_the_subscription_runs() -> None:
    # In another database than the events' own it runs only if somebody has run it there.
    append("sqlite", "AccountOpened")
    declare(event_types=["Nothing"])
    assert check("sqlite") == []
    run("sqlite")
    assert only(check("sqlite"), Warning, "sqlite").id == "eventstore.W003"


def test_types_are_missed_where_the_events_are_routed_to(settings: Settings) -> None:
    settings.DATABASE_ROUTERS = [SimpleNamespace(db_for_write=lambda model, **hints: "sqlite")]
    append("sqlite", "AccountOpened")
    declare(event_types=["Nothing"])
    assert only(check("sqlite"), Warning, "sqlite").id == "eventstore.W003"


def test_a_type_behind_the_most_that_are_listed_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eventstore_django.backends.eventtypes.MOST", 1)
    append("default", "A", "B")
    declare(event_types=["B"])
    assert check("default") == []


# The distinct types


def test_the_types_of_the_log_are_found_in_one_query(alias: str) -> None:
    names = [f"Type{number:03}" for number in range(50)]
    append(alias, *names, *names)
    with CaptureQueriesContext(connections[alias]) as queries:
        assert stored_event_types(backend_for(alias)) == names
    assert len(queries) == 1


def test_an_empty_log_has_no_types(alias: str) -> None:
    assert stored_event_types(backend_for(alias)) == []


def test_the_types_are_taken_from_the_index_alone() -> None:
    append("default", *(f"Type{number}" for number in range(5)))
    connection = connections["default"]
    with CaptureQueriesContext(connection) as queries:
        stored_event_types(backend_for("default"))
    with connection.cursor() as cursor:
        # Few rows are read quicker without an index, or by any of them.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN ANALYZE {queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count("using eventstore_event_type") == 2
    assert "Seq Scan" not in plan
    # That would read the index to its end.
    assert "Aggregate" not in plan
